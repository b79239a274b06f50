"""What somebody who is not looking would see: the worker writes for him as a page would."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import current_app
from flask_babel import force_locale

from forum.notices.kinds import Shown, Told, show_notices
from forum.units.actors import Actor, load_actor


def shown_to(person_id: int, told: Collection[Told]) -> dict[Told, Shown]:
    """The notices as the person sees them by any of his postings: he may be speaking for another one tomorrow."""
    actor = load_actor(person_id)
    if actor is None:
        return {}
    with written_for(actor):
        return shown_by_any_posting(actor, told)


def shown_by_any_posting(actor: Actor, told: Collection[Told]) -> dict[Told, Shown]:
    """The notices that the actor may see by one of his postings; inside ``written_for``."""
    shown: dict[Told, Shown] = {}
    for posting in actor.postings or (None,):
        left = [one for one in told if one not in shown]
        shown |= show_notices(replace(actor, posting=posting), left) if left else {}
    return shown


@contextmanager
def written_for(actor: Actor | None) -> Iterator[None]:
    """Word things and make addresses as for a page in the actor's language (for a group: in Chinese).

    It is a POST, because the transaction is going to write.
    """
    locale = "en" if actor is not None and actor.language == "en" else "zh_Hans_CN"
    public_url = current_app.extensions["settings"].public_url
    with current_app.test_request_context(base_url=public_url, method="POST"), force_locale(locale):
        yield
