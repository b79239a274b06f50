"""What was told long ago goes, in small pieces, and nothing is told a second time."""

from datetime import timedelta

from sqlalchemy import func, select

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.housekeeping import BATCH, forget_old_notices
from forum.notices.mail.models import Letter, LetterKind, LetterLine
from forum.notices.models import InboxItem, OutboxMessage
from tests.factories import World, save
from tests.notices.conftest import KIND


def told(world: World, days: int, *, read: bool, sent: bool = True) -> OutboxMessage:
    at = utcnow() - timedelta(days=days)
    whom = world.secretary.id
    message = save(
        OutboxMessage(kind=KIND, recipient_id=whom, subject_id=1, created_at=at, sent_at=at if sent else None)
    )
    if sent:
        item = InboxItem(message_id=message.id, person_id=whom, kind=KIND, subject_id=1, created_at=at)
        item.read_at = at if read else None
        save(item)
    return message


def tidy_up() -> None:
    for _piece in range(10):
        forget_old_notices()
        db.session.commit()


def test_read_ones_go_after_180_days_and_unread_ones_after_400(world: World) -> None:
    kept = [
        told(world, 179, read=True).id,
        told(world, 399, read=False).id,
        told(world, 500, read=False, sent=False).id,  # given up: somebody may want to know why
    ]
    told(world, 181, read=True)
    told(world, 401, read=False)
    tidy_up()
    assert db.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).all() == kept
    assert db.session.scalars(select(InboxItem.message_id).order_by(InboxItem.message_id)).all() == kept[:2]


def test_letters_go_with_what_they_told(world: World) -> None:
    message = told(world, 181, read=True)
    old = utcnow() - timedelta(days=181)
    letter = save(Letter(kind=LetterKind.NOTICE, person_id=world.secretary.id, created_at=old, sent_at=old))
    save(LetterLine(message_id=message.id, letter_id=letter.id, kind=KIND, subject_id=1))
    tidy_up()
    for model in (LetterLine, Letter, OutboxMessage):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_piece_is_small(world: World) -> None:
    old = utcnow() - timedelta(days=200)
    values = {"kind": KIND, "recipient_id": world.secretary.id, "subject_id": 1, "created_at": old, "sent_at": old}
    save(*[OutboxMessage(**values) for _number in range(BATCH + 1)])
    assert forget_old_notices() is True
    db.session.commit()
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 1
    assert forget_old_notices() is False
