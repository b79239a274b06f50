"""The library as a place to read: by groups, and what a new secretary should read first."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.library.models import Experience
from forum.library.policies import visible_cards
from forum.library.shelves.actions import LONGEST_SHELF, ShelfIsFull, place_entry, shelve_card, take_off
from forum.library.shelves.forms import ShelveForm
from forum.library.shelves.models import ShelfCard
from forum.library.shelves.policies import can_fill_shelf, can_shelve, visible_entries
from forum.library.shelves.queries import borrowed_by_group, entry_of, shelf_rows
from forum.library.views import bp
from forum.tags.queries import tag_groups
from forum.threads.lists import tags_of


@bp.get("/library/groups")
def groups() -> ResponseReturnValue:
    """Each group of tags with the cards that most villages tried."""
    cards = borrowed_by_group(me())
    found = [(group, cards[group.id]) for group in tag_groups() if group.id in cards]
    return render_template("library/groups.html", groups=found, tags_of=tags_of)


@bp.get("/library/first")
def shelf() -> ResponseReturnValue:
    """新任书记必读: the district's shelf, then the township's."""
    rows = shelf_rows(me())
    return render_template(
        "library/shelf.html",
        of_district=[row for row in rows if row.shelf_township_id is None],
        of_township=[row for row in rows if row.shelf_township_id is not None],
        may_fill=can_fill_shelf(me()),
        tags_of=tags_of,
    )


@bp.route("/library/<int:card_id>/shelve", methods=["GET", "POST"])
def shelve(card_id: int) -> ResponseReturnValue:
    """Put a card on one's shelf with a word on why, or change the word."""
    actor = me()
    card: Experience = one_or_404(visible_cards(actor).where(Experience.id == card_id))
    require(can_shelve(actor, card))
    there = entry_of(actor, card_id)
    form = ShelveForm(about=card_id)
    if not form.is_submitted():
        form.note.data = there.note if there else ""
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    entry = shelve_card(actor, card, form.note.data or "")
                    done.record(url_for(".shelf", _anchor=f"entry-{entry.id}"))
            db.session.commit()
        except ShelfIsFull:
            db.session.rollback()
            form.refresh_token()
            form.form_errors.append(_("必读已经有 %(most)s 条了，多了没人看。请先拿下一条。", most=LONGEST_SHELF))
        except IntegrityError:  # another organiser put it there at the same moment
            db.session.rollback()
            return redirect(url_for(".shelf"), 303)
        else:
            flash(_("放上去了。"), "good")
            return redirect(done.url, 303)
    return render_template("library/shelve.html", form=form, card=card, is_there=there is not None), (
        422 if form.errors else 200
    )


@bp.post("/library/first/<int:entry_id>/place")
def place_on_shelf(entry_id: int) -> ResponseReturnValue:
    """Put a card at a place of the shelf. Idempotent: the wanted place is sent."""
    entry: ShelfCard = one_or_404(visible_entries(me()).where(ShelfCard.id == entry_id))
    wanted = request.form.get("place", 0, type=int)
    if 1 <= wanted <= LONGEST_SHELF:
        place_entry(me(), entry, wanted)
        db.session.commit()
    return redirect(url_for(".shelf", _anchor=f"entry-{entry_id}"), 303)


@bp.post("/library/first/<int:entry_id>/remove")
def unshelve(entry_id: int) -> ResponseReturnValue:
    """Take a card off the shelf."""
    entry: ShelfCard = one_or_404(visible_entries(me()).where(ShelfCard.id == entry_id))
    take_off(me(), entry)
    db.session.commit()
    return redirect(url_for(".shelf"), 303)
