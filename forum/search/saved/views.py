"""Keeping searches, and the list of one's own."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.search.saved import notices  # noqa: F401
from forum.search.saved.actions import CannotSave, drop_search, save_search, set_telling
from forum.search.saved.addresses import asked_of
from forum.search.saved.forms import DropForm, SaveForm
from forum.search.saved.models import SavedSearch, SearchFind
from forum.search.saved.policies import can_save, visible_saved_searches
from forum.search.saved.queries import saved_of
from forum.search.views import bp
from forum.threads.forms import SwitchForm
from forum.threads.references import goes_along


@bp.get("/me/searches")
def saved() -> ResponseReturnValue:
    """The searches that one keeps."""
    require(can_save(me()))
    kept = [(row, asked, DropForm(about=row.id)) for row, asked in saved_of(me())]
    return render_template("search/saved.html", kept=kept)


@bp.post("/me/searches")
def save() -> ResponseReturnValue:
    """Keep a search. It tells of nothing unless one says so."""
    actor, form = me(), SaveForm()
    require(can_save(actor))
    asked = asked_of(form.text.data or "", form.arguments.data or "")
    if not form.validate():
        flash(_("请再点一次。"), "bad")
        return redirect(asked.url(), 303)
    with form.once() as done:
        if not done:
            try:
                save_search(actor, asked)
            except CannotSave:
                flash(_("没有存下：太长了，或者存得太多了，先去掉几个。"), "bad")
                return redirect(url_for(".saved"), 303)
            done.record(url_for(".saved"))
    db.session.commit()
    flash(_("存下了。有新的要不要告诉您，在这里选。"), "good")
    return redirect(done.url, 303)


@bp.post("/me/searches/<int:saved_id>/tell")
def tell_of_new(saved_id: int) -> ResponseReturnValue:
    """Hear of what is new, or no longer. Idempotent: the wanted state is sent."""
    form = SwitchForm()
    kept = one_or_404(visible_saved_searches(me()).where(SavedSearch.id == saved_id))
    if form.validate():
        set_telling(kept, form.is_on)
        db.session.commit()
    return redirect(url_for(".saved"), 303)


@bp.post("/me/searches/<int:saved_id>/drop")
def drop(saved_id: int) -> ResponseReturnValue:
    """Let a search go."""
    form = DropForm(about=saved_id)
    kept = db.session.scalars(visible_saved_searches(me()).where(SavedSearch.id == saved_id)).one_or_none()
    if kept is None and form.first_result() is None:
        abort(404)
    if form.validate():
        with form.once() as done:
            if not done and kept is not None:
                drop_search(kept)
                done.record(url_for(".saved"))
        db.session.commit()
    return redirect(url_for(".saved"), 303)


goes_along(SearchFind.thread_id, "saved_search_id")
