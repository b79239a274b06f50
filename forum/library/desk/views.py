"""For organisers and the district: what speaks for a card, what nobody answers, and collections to hand out."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.clock import today, utcnow
from forum.downloads import download
from forum.extensions import db
from forum.library.adoptions.labels import BADGES, RESULTS
from forum.library.adoptions.queries import adoptions_of, fits
from forum.library.desk.booklet import booklet
from forum.library.desk.policies import can_weigh, keeps_library
from forum.library.desk.queries import (
    adoptions_by_card,
    cards_in_full,
    cards_to_collect,
    follow_ups_of,
    gaps,
    questions_under,
)
from forum.library.forms import StepForm
from forum.library.policies import can_promote
from forum.library.queries import card_page
from forum.library.views import bp
from forum.paging import id_from
from forum.tags.queries import ids_under, tag_groups
from forum.text import clean
from forum.threads.lists import places, shown, tags_of
from forum.units.models import Unit
from forum.word import DOCX

YEAR = timedelta(days=365)
MOST_CARDS = 60
TITLE_LENGTH = 40


@bp.get("/library/<int:card_id>/evidence")
def evidence(card_id: int) -> ResponseReturnValue:
    """What speaks for and against a card: who tried it, how it went, and what became of the threads it came from."""
    actor = me()
    card = card_page(actor, card_id)
    if card is None:
        abort(404)
    require(can_weigh(actor, card))
    rows = adoptions_of(actor, card_id)
    return render_template(
        "library/evidence.html",
        card=card,
        told=[row for row in rows if row.result is not None],
        trying=[row for row in rows if row.result is None],
        fits=fits(rows),
        follow_ups=follow_ups_of(actor, card_id),
        labels=RESULTS,
        badges=BADGES,
        may_promote=can_promote(actor, card),
        form=StepForm(about=card_id),
    )


@bp.get("/library/unanswered")
def unanswered() -> ResponseReturnValue:
    """Tags under which villages asked in the last twelve months and for which there is no card, with the questions."""
    actor = me()
    require(keeps_library(actor))
    since = utcnow() - YEAR
    found = gaps(actor, since)
    questions = questions_under(actor, [gap.tag_id for gap in found], since)
    return render_template(
        "library/unanswered.html",
        gaps=[(gap, [shown(row) for row in questions.get(gap.tag_id, ())]) for gap in found],
    )


@bp.get("/library/collection")
def collection() -> ResponseReturnValue:
    """Choose cards to print and hand out."""
    actor, tag = me(), request.args.get("tag", "")[:40]
    require(keeps_library(actor))
    place, shelf = id_from(request.args.get("unit")), request.args.get("shelf") == "first"
    return render_template(
        "library/collection.html",
        cards=cards_to_collect(actor, ids_under(tag) if tag else None, place, shelf),
        tags_of=tags_of,
        groups=tag_groups(),
        places=places(actor),
        tag=tag,
        unit=place,
        shelf=shelf,
        is_narrowed=bool(tag or place or shelf),
        most=MOST_CARDS,
    )


@bp.get("/library/collection.docx")
def collection_file() -> ResponseReturnValue:
    """The chosen cards as a Word file."""
    actor = me()
    require(keeps_library(actor))
    ids = [one for one in map(id_from, request.args.getlist("card")) if one]
    cards = cards_in_full(actor, ids) if 0 < len(ids) <= MOST_CARDS else []
    if not cards:
        flash(
            _("一本最多 %(most)s 条，请少勾几条。", most=MOST_CARDS)
            if ids[MOST_CARDS:]
            else _("请先勾选要印的经验卡。"),
            "bad",
        )
        return redirect(url_for(".collection"), 303)
    title = clean(request.args.get("title", "")).replace("\n", " ").strip()[:TITLE_LENGTH] or _("村书记经验选编")
    issuer = db.session.get_one(Unit, actor.township_id or actor.district_id).name
    tried: Any = adoptions_by_card(actor, ids)
    return download(booklet(title, issuer, today(), cards, tried), DOCX, f"{title}.docx")
