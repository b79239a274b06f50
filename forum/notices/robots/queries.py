"""What the page of robots shows."""

from collections.abc import Collection

from sqlalchemy import func, select

from forum.extensions import db
from forum.notices.leases import LEASES
from forum.notices.robots.models import RobotMessage


def waiting_by_robot(ids: Collection[int]) -> dict[int, int]:
    """How many things wait to be told to each."""
    rows = db.session.execute(
        select(RobotMessage.robot_id, func.count().label("waiting"))
        .where(RobotMessage.robot_id.in_(ids), RobotMessage.sent_at.is_(None), RobotMessage.attempts <= len(LEASES))
        .group_by(RobotMessage.robot_id)
    )
    return {row.robot_id: row.waiting for row in rows}
