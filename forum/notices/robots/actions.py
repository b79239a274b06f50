"""Adding, testing, pausing and removing a robot. The caller commits."""

from collections.abc import Collection

from sqlalchemy import delete, select

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.robots.models import Hears, Robot, RobotKind, RobotMessage
from forum.notices.robots.seals import seal
from forum.units.actors import Actor

TEST = "robot.test"


def add_robot(actor: Actor, kind: RobotKind, name: str, key: str, secret: str, hears: Collection[Hears]) -> Robot:
    """Keep a robot for the actor's township; its key and secret are sealed and never shown again."""
    robot = Robot(
        township_id=actor.township_id,
        kind=kind,
        name=name,
        sealed_key=seal(key),
        sealed_secret=seal(secret) if secret else "",
    )
    choose_hearing(robot, hears)
    db.session.add(robot)
    db.session.flush()
    _note(actor, "add", robot)
    return robot


def choose_hearing(robot: Robot, hears: Collection[Hears]) -> None:
    """Say what a robot's group is told of."""
    for what in Hears:
        setattr(robot, f"hears_{what}", what in hears)


def greet_group(actor: Actor, robot: Robot) -> None:
    """Have the worker say hello to the group, at any hour. One that waits already is enough."""
    waiting = select(RobotMessage.id).where(
        RobotMessage.robot_id == robot.id, RobotMessage.kind == TEST, RobotMessage.sent_at.is_(None)
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        return
    db.session.add(RobotMessage(robot_id=robot.id, kind=TEST, subject_id=robot.id))
    _note(actor, "test", robot)


def pause_robot(actor: Actor, robot: Robot, *, on: bool) -> None:
    """Tell a group nothing for a while; what waited is dropped, for it would be old news. Idempotent."""
    if on == (robot.paused_at is not None):
        return
    robot.paused_at = utcnow() if on else None
    if on:
        db.session.execute(
            delete(RobotMessage).where(RobotMessage.robot_id == robot.id, RobotMessage.sent_at.is_(None))
        )
    _note(actor, "pause" if on else "resume", robot)


def remove_robot(actor: Actor, robot: Robot) -> None:
    """Forget a robot with its key."""
    db.session.execute(delete(RobotMessage).where(RobotMessage.robot_id == robot.id))
    db.session.execute(delete(Robot).where(Robot.id == robot.id))
    _note(actor, "remove", robot)


def _note(actor: Actor, deed: str, robot: Robot) -> None:
    record(actor, f"robot.{deed}", "robot", robot.id, township_id=robot.township_id)
