"""The pages of people, and of villages and other places."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from forum.access import me
from forum.consultations.ledger import open_actions_of
from forum.library.adoptions.labels import BADGES, RESULTS
from forum.people.known import known_tags
from forum.people.policies import sees_tasks
from forum.people.queries import (
    EACH,
    all_tries,
    answers_that_helped,
    by_person,
    by_place,
    cards_of_person,
    cards_of_place,
    latest_tries,
    next_meeting,
    offices_of,
    place_with_offices,
    places_in,
    threads_of,
    writings_of,
)
from forum.threads.lists import kind_label, shown, tags_of
from forum.units.labels import ROLE_LABELS
from forum.units.models import UnitKind
from forum.units.policies import can_note_facts
from forum.units.village_facts import facts_in_words

bp = Blueprint("people", __name__)


@bp.get("/persons/<int:person_id>")
def person(person_id: int) -> ResponseReturnValue:
    """Somebody: his offices in time, what he knows, and what he wrote as far as the reader may open it."""
    actor = me()
    offices = offices_of(actor, person_id)
    if not offices:
        abort(404)
    page = writings_of(actor, person_id, request.args.get("at"))
    is_first = page.newer is None
    answers = answers_that_helped(actor, by_person(person_id)) if is_first else []
    cards = cards_of_person(actor, person_id) if is_first else []
    return render_template(
        "people/person.html",
        person=offices[0],
        offices=offices,
        role_labels=ROLE_LABELS,
        known=known_tags(answers, cards, author=person_id),
        answers=answers[:EACH],
        cards=cards[:EACH],
        tags_of=tags_of,
        page=page,
        kind_label=kind_label,
    )


@bp.get("/places/<int:place_id>")
def place(place_id: int) -> ResponseReturnValue:
    """A village or another place: what it is like, who leads it and who did, what it asked, knows and tried."""
    actor = me()
    rows = _place(place_id)
    head = rows[0]
    is_village, is_township = head.kind is UnitKind.VILLAGE, head.kind is UnitKind.TOWNSHIP
    answers, cards = answers_that_helped(actor, by_place(place_id)), cards_of_place(actor, place_id)
    threads = threads_of(actor, head)
    tries = latest_tries(actor, place_id) if is_village else []
    tasks = open_actions_of(actor, place_id) if is_village and sees_tasks(actor, head) else None
    who = {"township" if is_township else "unit": place_id}
    return render_template(
        "people/place.html",
        unit=head,
        facts=facts_in_words(head),
        may_note_facts=is_village and head.closed_at is None and can_note_facts(actor) and sees_tasks(actor, head),
        offices=[row for row in rows if row.person_id is not None],
        role_labels=ROLE_LABELS,
        inside=places_in(actor, head) if head.kind in (UnitKind.DISTRICT, UnitKind.TOWNSHIP, UnitKind.AREA) else [],
        known=known_tags(answers, cards, **who),
        who=who,
        answers=answers[:EACH],
        cards=cards[:EACH],
        has_more_cards=len(cards) > EACH,
        threads=[shown(row) for row in threads[:EACH]],
        has_more_threads=len(threads) > EACH,
        tries=tries[:EACH],
        has_more_tries=len(tries) > EACH,
        tasks=tasks,
        meeting=next_meeting(actor, head.township_id) if head.township_id else None,
        tags_of=tags_of,
        labels=RESULTS,
        badges=BADGES,
    )


@bp.get("/places/<int:place_id>/tries")
def tries(place_id: int) -> ResponseReturnValue:
    """All that a village tried of other villages' cards, and how it went."""
    head = _place(place_id)[0]
    if head.kind is not UnitKind.VILLAGE:
        abort(404)
    page = all_tries(me(), place_id, request.args.get("at"))
    return render_template("people/tries.html", unit=head, page=page, labels=RESULTS, badges=BADGES)


def _place(place_id: int) -> Any:
    rows = place_with_offices(me(), place_id)
    if not rows:
        abort(404)
    return rows
