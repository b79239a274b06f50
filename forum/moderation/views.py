"""举报 and 意见箱: telling, and reading what was told."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import for_former, me, one_or_404, require
from forum.extensions import db
from forum.media.queries import attached_to
from forum.moderation import notices  # noqa: F401
from forum.moderation.actions import add_suggestion, answer_report, mark_handled, report_post
from forum.moderation.forms import KIND_LABELS, VERDICT_LABELS, AnswerForm, ReportForm, SuggestionForm
from forum.moderation.models import Report, ReportKind, Suggestion, Verdict
from forum.moderation.policies import can_handle, can_report, visible_reports, visible_suggestions
from forum.moderation.queries import (
    Rows,
    count_waiting,
    held_rows,
    own_report_rows,
    report_rows,
    reports_of,
    suggestion_rows,
)
from forum.paging import keyset_page
from forum.screening.policies import can_list_words, can_set_first_posts
from forum.threads.forms import HideForm
from forum.threads.holding import let_through
from forum.threads.models import Post
from forum.threads.moderation import hide_post
from forum.threads.policies import can_moderate, visible_posts
from forum.threads.references import stays
from forum.units.actors import Actor

bp = Blueprint("moderation", __name__)

# What a tab of the list shows: its rows, and the columns by which they are ordered.
_Tab = tuple[Callable[[Actor], Rows], Any, Any]
TABS: dict[str, _Tab] = {
    "reports": (partial(report_rows, handled=False), Report.created_at, Report.id),
    "held": (held_rows, Post.held_at, Post.id),
    "suggestions": (partial(suggestion_rows, handled=False), Suggestion.created_at, Suggestion.id),
    "handled-reports": (partial(report_rows, handled=True), Report.created_at, Report.id),
    "handled-suggestions": (partial(suggestion_rows, handled=True), Suggestion.created_at, Suggestion.id),
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
    """Reports, posts that wait and suggestions, and what was handled, newest first."""
    require(can_handle(me()))
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else next(iter(TABS))
    rows, moment, ident = TABS[tab]
    page = keyset_page(rows(me()), moment, ident, request.args.get("at"))
    return render_template(
        "moderation/index.html",
        tab=tab,
        page=page,
        waiting=count_waiting(me()),
        kind_labels=KIND_LABELS,
        verdict_labels=VERDICT_LABELS,
        may_list_words=can_list_words(me()),
        may_set_first_posts=can_set_first_posts(me()),
    )


@bp.route("/reports/<int:report_id>", methods=["GET", "POST"])
def answer(report_id: int) -> ResponseReturnValue:
    """A report with the post in its place; hide it, ask its author to change it, or leave it."""
    report = one_or_404(visible_reports(me()).where(Report.id == report_id))
    require(can_moderate(me(), report.post.thread))
    form = AnswerForm(about=report_id)
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                answer_report(
                    me(), report, Verdict(form.verdict.data), words=form.words.data or "", answer=form.answer.data or ""
                )
                done.record(url_for(".index"))
        db.session.commit()
        flash(_("办好了，举报的人会收到答复。"), "good")
        flash(f"answer-{report_id}", "draft-done")
        return redirect(done.url, 303)
    rows = reports_of(me(), report.post_id)
    shown = next(row for row in rows if row.id == report_id)
    pictures, documents = attached_to([report.post_id])
    return (
        render_template(
            "moderation/answer.html",
            form=form,
            report=shown,
            others=[row for row in rows if row.id != report_id],
            post=report.post,
            pictures=pictures.get(report.post_id, ()),
            documents=documents.get(report.post_id, ()),
            kind_labels=KIND_LABELS,
            verdict_labels=VERDICT_LABELS,
        ),
        422 if form.errors else 200,
    )


@bp.get("/me/reports")
def own_reports() -> ResponseReturnValue:
    """What one pointed out, and what became of it."""
    require(me().is_member)
    page = keyset_page(own_report_rows(me()), Report.created_at, Report.id, request.args.get("at"))
    return render_template("moderation/own.html", page=page, kind_labels=KIND_LABELS)


@bp.post("/held/<int:post_id>/let-through")
def release(post_id: int) -> ResponseReturnValue:
    """Show a post that waited. Idempotent."""
    post = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_moderate(me(), post.thread))
    let_through(me(), post)
    db.session.commit()
    flash(_("发出去了，写的人会知道。"), "good")
    return redirect(url_for(".index", tab="held"), 303)


@bp.route("/held/<int:post_id>/refuse", methods=["GET", "POST"])
def refuse(post_id: int) -> ResponseReturnValue:
    """Do not show a post that waited, with a reason that its author sees."""
    post = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_moderate(me(), post.thread))
    form = HideForm(about=post_id)
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                hide_post(me(), post, form.reason.data)
                done.record(url_for(".index", tab="held"))
        db.session.commit()
        flash(_("没有发，原因告诉写的人了。"), "good")
        return redirect(done.url, 303)
    return render_template("moderation/refuse.html", form=form, post=post), 422 if form.errors else 200


@bp.post("/suggestions/<int:suggestion_id>/handled")
def handle_suggestion(suggestion_id: int) -> ResponseReturnValue:
    """Mark a suggestion as handled. Idempotent: the first to do so stays."""
    mark_handled(me(), one_or_404(visible_suggestions(me()).where(Suggestion.id == suggestion_id)))
    db.session.commit()
    flash(_("标好了，在“处理过的”里还能看到。"), "good")
    return redirect(url_for(".index", tab="suggestions"), 303)


stays(Report.post_id)
