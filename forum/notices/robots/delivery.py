"""Telling groups, at most twenty things a minute each.

A robot knows no message twice. So a message is marked as handed over before it is sent, and what was handed over without an
answer is never sent again: a group rather misses something than reads it twice. It stands in the log and on the organisers' page.
"""

from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.notices.leases import LEASES, changes_one, claim, update_owned
from forum.notices.readers import written_for
from forum.notices.robots.actions import TEST
from forum.notices.robots.announcements import ANNOUNCEMENTS, announced
from forum.notices.robots.models import Robot, RobotMessage
from forum.notices.robots.seals import SealBroken, unseal
from forum.notices.robots.webhooks import Result, hand_over

BETWEEN_MESSAGES = timedelta(seconds=3.2)  # never more than twenty in any minute
WHEN_TOO_OFTEN = timedelta(minutes=10)
HANDED_OVER = "handed over"


def tell_next_group() -> bool:
    """Take one message and hand it to its robot; whether there was one. Commits by itself, and holds no transaction while it sends."""
    now = utcnow()
    message = _claim(now)
    db.session.commit()
    if message is None:
        return False
    ident, made = message.id, message.attempts
    robot = db.session.get_one(Robot, message.robot_id, populate_existing=True)
    try:
        text = _text(robot, message)
        key, secret = unseal(robot.sealed_key), unseal(robot.sealed_secret) if robot.sealed_secret else ""
    except SealBroken:
        _end(robot, message, Result.BAD_KEY)
    except Exception as error:
        db.session.rollback()
        log.exception("group message not written", message=ident, kind=message.kind)
        update_owned(RobotMessage, ident, made, failure=type(error).__name__)
    else:
        if text is None:
            update_owned(RobotMessage, ident, made, sent_at=utcnow(), failure="")
        elif update_owned(RobotMessage, ident, made, failure=HANDED_OVER):
            db.session.commit()
            _end(robot, message, hand_over(robot.kind, key, secret, text))
    db.session.commit()
    return True


def _claim(now: datetime) -> RobotMessage | None:
    """Lease a message whose robot may speak, and take the robot's turn with it."""
    _close_unanswered(now)
    free = RobotMessage.robot_id.in_(select(Robot.id).where(Robot.free_at <= now))
    message = claim(RobotMessage, "group message", now, free, RobotMessage.failure != HANDED_OVER)
    if message is None:
        return None
    turn = update(Robot).where(Robot.id == message.robot_id, Robot.free_at <= now)
    if changes_one(turn.values(free_at=now + BETWEEN_MESSAGES).execution_options(synchronize_session=False)):
        return message
    # Another worker took the turn at this moment: the message waits for the next without having been tried.
    update_owned(
        RobotMessage,
        message.id,
        message.attempts,
        attempts=message.attempts - 1,
        due_at=now + BETWEEN_MESSAGES,
        failure="",
    )
    return None


def _close_unanswered(now: datetime) -> None:
    """What a worker handed over before it died is not handed over again."""
    lost = select(RobotMessage).where(
        RobotMessage.sent_at.is_(None), RobotMessage.failure == HANDED_OVER, RobotMessage.due_at <= now
    )
    for message in db.session.scalars(lost.execution_options(populate_existing=True)).all():
        robot = db.session.get_one(Robot, message.robot_id)
        _end(robot, message, Result.UNKNOWN)


def _text(robot: Robot, message: RobotMessage) -> str | None:
    with written_for(None):
        if message.kind == TEST:
            return _("村书记论坛：机器人“%(name)s”接上了，以后的消息发到这里。", name=robot.name)
        if message.kind not in ANNOUNCEMENTS or robot.paused_at is not None:
            return None
        shown = announced(robot.township_id, message.kind, message.subject_id)
    return f"{shown.text}\n{current_app.extensions['settings'].public_url}{shown.url}" if shown else None


def _end(robot: Robot, message: RobotMessage, result: Result) -> None:
    """Keep how it ended, with the message and with its robot."""
    ident, made, now = message.id, message.attempts, utcnow()
    is_over = result in (Result.TAKEN, Result.UNKNOWN)
    values = {"sent_at": now} if is_over else {"due_at": now + timedelta(minutes=LEASES[made - 1])}
    if result is Result.TOO_OFTEN:
        values["due_at"] = max(values["due_at"], now + WHEN_TOO_OFTEN)
    if not update_owned(RobotMessage, ident, made, failure="" if result is Result.TAKEN else result.value, **values):
        return
    of_robot: dict[str, object] = {"failure": "" if result is Result.TAKEN else result.value}
    if result is Result.TAKEN:
        of_robot["told_at"] = now
    else:
        log.warning("group message not taken", message=ident, robot=robot.id, reason=result.value, attempts=made)
    if result is Result.TOO_OFTEN:
        of_robot["free_at"] = now + WHEN_TOO_OFTEN
    db.session.execute(
        update(Robot).where(Robot.id == robot.id).values(**of_robot).execution_options(synchronize_session=False)
    )
