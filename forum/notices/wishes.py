"""How a person wants to be told of each topic. Only what differs from the usual is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from forum.extensions import db
from forum.notices.kinds import Topic
from forum.notices.models import MailWhen, NoticePreference
from forum.units.actors import Actor

# Why one's own words were hidden is always told.
ALWAYS_TOLD = frozenset({Topic.MODERATION})


@dataclass(frozen=True)
class Wish:
    """Whether a notice is put into the inbox, and when it is mailed to whoever has a mail address."""

    in_inbox: bool = True
    mail: MailWhen = MailWhen.DIGEST


USUAL = Wish()


def wish_of(person_id: int, topic: Topic) -> Wish:
    """How the person wants to be told of a topic."""
    return wishes_of(person_id)[topic]


def wishes_of(person_id: int) -> dict[Topic, Wish]:
    """How the person wants to be told of every topic, in the order of the page."""
    rows = db.session.execute(
        select(NoticePreference.topic, NoticePreference.in_inbox, NoticePreference.mail).where(
            NoticePreference.person_id == person_id
        )
    )
    kept = {row.topic: Wish(row.in_inbox or row.topic in ALWAYS_TOLD, row.mail) for row in rows}
    return {topic: kept.get(topic, USUAL) for topic in Topic}


def keep_wishes(actor: Actor, wishes: Mapping[Topic, Wish]) -> None:
    """Keep how the actor wants to be told. Idempotent; the caller commits."""
    db.session.execute(delete(NoticePreference).where(NoticePreference.person_id == actor.id))
    for topic, wish in wishes.items():
        if wish != USUAL:
            row = NoticePreference(person_id=actor.id, topic=topic, in_inbox=wish.in_inbox, mail=wish.mail)
            db.session.add(row)
