"""举报 and 意见箱: telling, and reading what was told."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import for_former, me, one_or_404, require
from forum.extensions import db
from forum.moderation.actions import add_suggestion, mark_handled, report_post
from forum.moderation.forms import KIND_LABELS, ReportForm, SuggestionForm
from forum.moderation.models import Report, ReportKind, Suggestion
from forum.moderation.policies import can_handle, can_report, visible_reports, visible_suggestions
from forum.moderation.queries import Rows, count_waiting, report_rows, suggestion_rows
from forum.paging import keyset_page
from forum.threads.models import Post
from forum.threads.policies import visible_posts

bp = Blueprint("moderation", __name__)

# What a tab of the list shows: its rows, the model they are of, and whether they were handled.
_Tab = tuple[Callable[..., Rows], Any, bool]
TABS: dict[str, _Tab] = {
    "reports": (report_rows, Report, False),
    "suggestions": (suggestion_rows, Suggestion, False),
    "handled-reports": (report_rows, Report, True),
    "handled-suggestions": (suggestion_rows, Suggestion, True),
}


@bp.route("/posts/<int:post_id>/report", methods=["GET", "POST"])
def report(post_id: int) -> ResponseReturnValue:
    """Point out a post to those who look after it."""
    post = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_report(me(), post))
    form = ReportForm(about=post_id)
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                report_post(me(), post, ReportKind(form.kind.data), form.reason.data or "")
                done.record(url_for("threads.post", post_id=post_id))
        db.session.commit()
        flash(_("举报收到了，组织员会来看。谢谢您。"), "good")
        flash(f"report-{post_id}", "draft-done")
        return redirect(done.url, 303)
    return render_template("moderation/report.html", form=form, post=post), 422 if form.errors else 200


@bp.route("/suggestions/new", methods=["GET", "POST"])
@for_former
def suggest() -> ResponseReturnValue:
    """The suggestion box: from every page, for everybody who can sign in."""
    form = SuggestionForm(page=request.args.get("page"))
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                add_suggestion(me(), form.body.data, form.page.data)
                done.record(url_for("home.index"))
        db.session.commit()
        flash(_("意见收到了，谢谢您。"), "good")
        flash("suggestion", "draft-done")
        return redirect(done.url, 303)
    may_read = can_handle(me())
    return render_template("moderation/suggest.html", form=form, may_read=may_read), 422 if form.errors else 200


@bp.get("/moderation")
def index() -> ResponseReturnValue:
    """Reports and suggestions, those that wait and those handled, newest first."""
    require(can_handle(me()))
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else next(iter(TABS))
    rows, model, handled = TABS[tab]
    page = keyset_page(rows(me(), handled=handled), model.created_at, model.id, request.args.get("at"))
    return render_template(
        "moderation/index.html", tab=tab, page=page, waiting=count_waiting(me()), kind_labels=KIND_LABELS
    )


@bp.post("/reports/<int:report_id>/handled")
def handle_report(report_id: int) -> ResponseReturnValue:
    """Mark a report as handled. Idempotent: the first to do so stays."""
    return _handle(one_or_404(visible_reports(me()).where(Report.id == report_id)), "reports")


@bp.post("/suggestions/<int:suggestion_id>/handled")
def handle_suggestion(suggestion_id: int) -> ResponseReturnValue:
    """Mark a suggestion as handled. Idempotent: the first to do so stays."""
    return _handle(one_or_404(visible_suggestions(me()).where(Suggestion.id == suggestion_id)), "suggestions")


def _handle(subject: Report | Suggestion, tab: str) -> ResponseReturnValue:
    mark_handled(me(), subject)
    db.session.commit()
    flash(_("标好了，在“处理过的”里还能看到。"), "good")
    return redirect(url_for(".index", tab=tab), 303)
