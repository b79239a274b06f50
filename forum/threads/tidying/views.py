"""What organisers do to put threads where they belong: pin, move, merge, split, and take it back."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.markup import title_from
from forum.paging import LARGEST_ID
from forum.threads.forms import SwitchForm
from forum.threads.lists import kind_label
from forum.threads.models import Post, Thread
from forum.threads.moderation import MOST_PINNED, PinnedEnough, pin_thread
from forum.threads.panels import WHEN_TWICE
from forum.threads.policies import can_moderate, can_pin, visible_posts, visible_threads
from forum.threads.tidying.deeds import CannotTidy
from forum.threads.tidying.forms import MergeForm, MoveForm, SplitForm
from forum.threads.tidying.merging import merge, undo_merge
from forum.threads.tidying.models import DeedKind, ThreadDeed
from forum.threads.tidying.moving import MOVABLE, move, undo_move
from forum.threads.tidying.policies import visible_deeds
from forum.threads.tidying.queries import deeds_of, to_merge_with
from forum.threads.tidying.splitting import split, undo_split, why_not_split
from forum.threads.views import bp
from forum.units.actors import Actor
from forum.units.queries import townships_of

UNDO: dict[DeedKind, Callable[[Actor, ThreadDeed], None]] = {
    DeedKind.MOVE: undo_move,
    DeedKind.MERGE: undo_merge,
    DeedKind.SPLIT: undo_split,
}


@bp.get("/threads/<int:thread_id>/tidy")
def tidy(thread_id: int) -> ResponseReturnValue:
    """Everything that can be done to put a thread where it belongs, and what was done.

    Whoever moved it out of his own care still takes that back here.
    """
    thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    deeds, in_care = deeds_of(me(), thread_id), can_moderate(me(), thread)
    require(in_care or bool(deeds))
    return render_template(
        "threads/tidy.html",
        thread=thread,
        deeds=deeds,
        may_tidy=in_care,
        may_pin=can_pin(me(), thread),
        kind_label=kind_label,
        townships={row.id: row.name for row in townships_of(me())},
    )


@bp.post("/threads/<int:thread_id>/pin")
def pin(thread_id: int) -> ResponseReturnValue:
    """First in the township's list, or no longer. Idempotent: the wanted state is sent."""
    form, thread = SwitchForm(), _thread_or_404(thread_id)
    require(can_pin(me(), thread))
    if form.validate():
        try:
            pin_thread(me(), thread, form.is_on)
            db.session.commit()
        except PinnedEnough:
            db.session.rollback()
            flash(_("一个镇最多置顶 %(n)s 个，请先取消一个。", n=MOST_PINNED), "bad")
        else:
            flash(_("置顶了，本镇的人打开论坛先看到它。") if form.is_on else _("不置顶了。"), "good")
    return redirect(url_for(".tidy", thread_id=thread_id), 303)


@bp.route("/threads/<int:thread_id>/move", methods=["GET", "POST"])
def move_thread(thread_id: int) -> ResponseReturnValue:
    """Let it be of another kind, or in another township's care."""
    thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    kinds = MOVABLE if thread.kind in MOVABLE else (thread.kind,)
    places = [(row.id, row.name) for row in townships_of(me())]
    form = MoveForm(
        about=thread_id,
        kinds=[(kind.value, kind_label(kind)) for kind in kinds],
        townships=[(0, _("区里，不归哪个镇")), *places],
    )
    if before := form.first_result():  # by it the thread may have left his care
        return redirect(before.url, 303)
    require(can_moderate(me(), thread))
    if form.validate_on_submit():
        try:
            with form.once() as done:
                if not done:
                    move(me(), thread, form.kind.data, form.township.data or None)
                    done.record(url_for(".tidy", thread_id=thread_id))
            db.session.commit()
        except CannotTidy as no:
            db.session.rollback()
            form.form_errors.append(no.reason)
            form.refresh_token()
        else:
            flash(_("挪好了。挪错了可以在下面撤回。"), "good")
            return redirect(done.url, 303)
    elif not form.is_submitted():
        form.kind.data, form.township.data = thread.kind, thread.township_id or 0
    return render_template("threads/move.html", form=form, thread=thread), 422 if form.errors else 200


@bp.route("/threads/<int:thread_id>/merge", methods=["GET", "POST"])
def merge_thread(thread_id: int) -> ResponseReturnValue:
    """Put it into another thread about the same matter."""
    form, actor = MergeForm(about=thread_id), me()
    if before := form.first_result():  # the thread is there no more
        return redirect(before.url, 303)
    thread = _thread_or_404(thread_id)
    words = request.values.get("q", "").strip()[:80]
    if form.validate_on_submit():
        wanted = form.into.data if 0 < form.into.data <= LARGEST_ID else 0
        into = one_or_404(visible_threads(actor).where(Thread.id == wanted))
        require(can_moderate(actor, into))
        try:
            with form.once() as done:
                if not done:
                    deed = merge(actor, thread, into)
                    done.record(url_for(".show", thread_id=deed.other_id))
            db.session.commit()
        except CannotTidy as no:
            db.session.rollback()
            form.into.errors = [no.reason]
            form.refresh_token()
        else:
            flash(_("并好了，老链接照样打得开。并错了可以在“整理”里撤回。"), "good")
            return redirect(done.url, 303)
    found = to_merge_with(actor, thread, words)
    form.into.choices = [(row.id, row.title) for row in found]
    return (
        render_template("threads/merge.html", form=form, thread=thread, found=found, words=words),
        422 if form.errors else 200,
    )


@bp.route("/posts/<int:post_id>/split", methods=["GET", "POST"])
def split_off(post_id: int) -> ResponseReturnValue:
    """Let a reply open a question of its own."""
    post = one_or_404(visible_posts(me()).where(Post.id == post_id))
    form = SplitForm(about=post_id)
    if before := form.first_result():  # it opens a thread by now, in its author's township
        return redirect(before.url, 303)
    require(can_moderate(me(), post.thread))
    if form.validate_on_submit():
        try:
            with form.once() as done:
                if not done:
                    deed = split(me(), post, form.title.data)
                    done.record(url_for(".show", thread_id=deed.other_id))
            db.session.commit()
        except CannotTidy as no:
            db.session.rollback()
            post = one_or_404(visible_posts(me()).where(Post.id == post_id))
            form.form_errors.append(no.reason)
            form.refresh_token()
        else:
            flash(_("分出来了，原来的链接照样打得开。分错了可以在“整理”里撤回。"), "good")
            return redirect(done.url, 303)
    elif not form.is_submitted():
        form.title.data = title_from(post.body)
    return (
        render_template("threads/split.html", form=form, post=post, why_not=why_not_split(post)),
        422 if form.errors else 200,
    )


@bp.post("/thread-deeds/<int:deed_id>/undo")
def undo(deed_id: int) -> ResponseReturnValue:
    """Take back what was done. Idempotent: taken back once."""
    deed = one_or_404(visible_deeds(me()).where(ThreadDeed.id == deed_id).with_for_update(of=ThreadDeed))
    if SwitchForm().validate() and deed.undone_at is None:
        try:
            UNDO[deed.kind](me(), deed)
            db.session.commit()
        except CannotTidy as no:
            db.session.rollback()
            flash(no.reason, "bad")
            return redirect(url_for(".tidy", thread_id=deed.other_id or deed.thread_id), 303)
        flash(_("撤回了，和原来一样。"), "good")
    return redirect(url_for(".show", thread_id=deed.thread_id), 303)


def _thread_or_404(thread_id: int) -> Thread:
    thread: Thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    require(can_moderate(me(), thread))
    return thread


def _merge_these(_actor: Actor, thread: Thread, other_id: int) -> tuple[Any, str]:
    other = url_for("threads.show", thread_id=other_id)
    return _l("把头一个并到第二个"), url_for("threads.merge_thread", thread_id=thread.id, q=other)


WHEN_TWICE.append(_merge_these)
