"""The library: to read, and to bring an experience into it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.library import notices, of_tag  # noqa: F401
from forum.library.actions import edit_card, make_card
from forum.library.forms import PART_LENGTH, CardForm, ConfirmForm, RetireForm, ReturnForm, StepForm
from forum.library.from_notes import prefill_from_note
from forum.library.labels import TOLD_TO_ALL, step_line
from forum.library.life import nominate_card
from forum.library.models import CardDeed, CardState, Experience, ExperienceSource, ExperienceTag
from forum.library.panels import CARD_PANELS
from forum.library.policies import can_edit_card, can_make_card, rights, visible_cards
from forum.library.prefill import prefill
from forum.library.queries import (
    DATED,
    card_page,
    card_rows,
    cards_from,
    history_of,
    of_place,
    published_cards,
    sources_of,
    tagged_cards,
    villages_of,
    villages_speaking_in,
)
from forum.library.surroundings import surroundings_of
from forum.paging import id_from, keyset_page
from forum.tags.carriers import carries
from forum.tags.queries import ids_under, tag_choices, tag_groups
from forum.threads.lists import places, reach_label, tags_of
from forum.threads.models import TITLE_LENGTH, Thread
from forum.threads.panels import PANELS, Panel, Step
from forum.threads.policies import visible_threads
from forum.threads.references import goes_along
from forum.units.actors import Actor
from forum.units.models import Unit

bp = Blueprint("library", __name__)


@bp.get("/library/")
def index() -> ResponseReturnValue:
    """Cards by tag group, township or village, newest first; one's own drafts and what waits for review on their own tabs."""
    actor, tag, shelf = me(), request.args.get("tag", "")[:40], request.args.get("shelf", "")
    place = id_from(request.args.get("unit"))
    query = published_cards(actor)
    if shelf == "mine":
        query = card_rows(actor).where(Experience.author_id == actor.id)
    elif shelf == "review":
        query = card_rows(actor).where(Experience.state == CardState.NOMINATED)
    elif shelf == "promoted":
        query = query.where(Experience.promoted_at.is_not(None))
    if tag:
        query = query.where(tagged_cards(ids_under(tag)))
    if place:
        query = query.where(of_place(place))
    # The library itself in the order of its index: to sort by what has no index would count the villages of every card first.
    moment = DATED if shelf in ("mine", "review") else Experience.published_at
    page = keyset_page(query, moment, Experience.id, request.args.get("at"))
    here: dict[str, Any] = {"tag": tag or None, "unit": place, "shelf": shelf or None}
    return render_template(
        "library/index.html",
        cards=page.rows,
        tags_of=tags_of,
        newer_url=url_for(".index", at=page.newer, **here) if page.newer else None,
        older_url=url_for(".index", at=page.older, **here) if page.older else None,
        groups=tag_groups(),
        places=places(actor),
        tag=tag,
        unit=place,
        shelf=shelf,
    )


@bp.get("/library/<int:card_id>")
def show(card_id: int) -> ResponseReturnValue:
    """One card, for a phone and for the wall."""
    return card_shown(card_id)


def card_shown(card_id: int, *, typed: str = "", **forms: Any) -> str:
    """The page of a card. ``forms`` take the place of empty ones (``return``, ``retire``, ``confirm``) where something was wrong;
    ``typed`` is a reason that could not be used any more."""
    actor = me()
    card = card_page(actor, card_id)
    if card is None:
        abort(404)
    sources = sources_of(actor, card_id)
    may = rights(actor, card)
    steps = history_of(card_id)
    return render_template(
        "library/show.html",
        card=card,
        tags=tags_of(card),
        narrowed=reach_label(card.reach) if card.reach.is_narrow else None,
        sources=sources,
        tried=surroundings_of(actor, card),
        panels=[panel(actor, card) for panel in CARD_PANELS],
        history=[step_line(step) for step in steps if may["edit"] or step.deed in TOLD_TO_ALL],
        was_changed=any(s.deed is CardDeed.CORRECTED for s in steps) or (may["edit"] and card.nominated_at is not None),
        may=may,
        may_agree=any(s.author_id == actor.id and s.reach.is_narrow and s.consent_at is None for s in sources),
        form=StepForm(about=card_id),
        forms={
            "return": ReturnForm(about=card_id),
            "retire": RetireForm(about=card_id),
            "confirm": ConfirmForm(about=card_id),
            **forms,
        },
        typed=typed,
    )


@bp.route("/threads/<int:thread_id>/card", methods=["GET", "POST"])
def from_thread(thread_id: int) -> ResponseReturnValue:
    """Make a card of a thread in one step: prefilled from the question, the accepted answer and the outcome."""
    actor = me()
    thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_make_card(actor, thread))
    units = villages_speaking_in(thread) or villages_of(actor)
    form = CardForm(about=thread_id, units=units, tags=tag_choices(tag_groups()))
    if not form.is_submitted():
        prefill(form, thread)
        if (note := id_from(request.args.get("note"))) is not None:
            prefill_from_note(actor, form, thread, note)
    return _save_new(form, thread)


@bp.route("/library/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A card from nothing."""
    actor = me()
    units = villages_of(actor)
    require(actor.is_member and bool(units))
    form = CardForm(units=units, tags=tag_choices(tag_groups()))
    if not form.is_submitted():  # from a line of an agenda, say
        form.title.data = request.args.get("title", "")[:TITLE_LENGTH] or None
        form.problem.data = request.args.get("problem", "")[:PART_LENGTH] or None
    return _save_new(form, None)


@bp.route("/library/<int:card_id>/edit", methods=["GET", "POST"])
def edit(card_id: int) -> ResponseReturnValue:
    """Correct a card. Two at once: the second sees that it changed, and keeps his text."""
    actor = me()
    card = one_or_404(visible_cards(actor).where(Experience.id == card_id))
    require(can_edit_card(actor, card))
    unit = db.session.get_one(Unit, card.unit_id)
    form = CardForm(about=card_id, units=[(unit.id, unit.name)], tags=tag_choices(tag_groups()))
    status = 200
    if not form.is_submitted():
        _fill(form, card)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    if card.version != form.version.data:
                        raise StaleDataError
                    edit_card(actor, card, form.title.data, form.parts, form.tags.data)
                    done.record(url_for(".show", card_id=card_id))
            db.session.commit()
        except StaleDataError:
            db.session.rollback()
            form.version.data = db.session.scalar(select(Experience.version).where(Experience.id == card_id))
            form.refresh_token()
            form.form_errors.append(_("别人刚刚改过这张卡。请先看看现在的样子，再点一次保存就用您写的。"))
            status = 409
        else:
            flash(f"card-{card_id}", "draft-done")
            return redirect(done.url, 303)
    status = 422 if form.errors and status == 200 else status
    return render_template("library/edit.html", form=form, card=card, thread=None), status


def _save_new(form: CardForm, thread: Thread | None) -> ResponseReturnValue:
    actor = me()
    if form.is_submitted() and form.validate():
        unit = db.session.get_one(Unit, form.unit.data)
        with form.once() as done:
            if not done:
                card = make_card(actor, thread, unit, form.title.data, form.parts, form.tags.data)
                if request.form.get("as") == "nominate":
                    nominate_card(actor, card)
                done.record(url_for(".show", card_id=card.id))
        db.session.commit()
        flash(f"card-of-{thread.id}" if thread else "card", "draft-done")
        return redirect(done.url, 303)
    return render_template("library/edit.html", form=form, card=None, thread=thread), 422 if form.errors else 200


def _fill(form: CardForm, card: Experience) -> None:
    form.process(obj=card)
    form.unit.data, form.version.data = card.unit_id, card.version
    form.tags.data = list(
        db.session.scalars(select(ExperienceTag.tag_id).where(ExperienceTag.experience_id == card.id))
    )
    form.refresh_token()


def _panel(actor: Actor, head: Any) -> Panel:
    cards = cards_from(actor, head.id)
    is_in = any(card.state is CardState.PUBLISHED for card in cards)
    link: tuple[tuple[str, str], ...] = ()
    if can_make_card(actor, head):
        link = (
            (_("做成经验卡"), url_for("library.from_thread", thread_id=head.id)),
            (_("加到已有的卡片"), url_for("library.add_thread", thread_id=head.id)),
        )
    return Panel(
        template="library/_of_thread.html" if cards else "",
        values={"cards": cards},
        steps=(Step(_("入库"), None, "done" if is_in else "next"),),
        links=link,
    )


PANELS.append(_panel)
goes_along(ExperienceSource.thread_id, "experience_id")
carries(ExperienceTag.tag_id, ExperienceTag.experience_id, "card")
