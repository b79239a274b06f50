"""就是这个: the village is noted, whoever asked follows. The caller commits."""

from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from forum.asking.models import SharedProblem
from forum.asking.policies import shares_card, shares_thread
from forum.extensions import db
from forum.library.models import Experience
from forum.threads.deeds import follow, react
from forum.threads.models import Post, ReactionKind, Thread
from forum.units.actors import Actor


def found_in_thread(actor: Actor, thread: Thread, opening: Post, *, to_follow: bool) -> None:
    """End one's asking at a thread: one's village has the same problem, and one hears of new replies if one wants to."""
    if shares_thread(actor, thread):
        react(actor, opening, ReactionKind.SAME, on=True)
    if to_follow:
        follow(actor, thread, on=True)


def found_in_card(actor: Actor, card: Experience) -> None:
    """End one's asking at a card: one's village has the problem it tells of. Saying it twice changes nothing."""
    if not shares_card(actor, card) or db.session.get(SharedProblem, (card.id, actor.unit_id)) is not None:
        return
    with suppress(IntegrityError), db.session.begin_nested():  # a double tap got there first
        db.session.add(SharedProblem(experience_id=card.id, unit_id=actor.unit_id, person_id=actor.id))
