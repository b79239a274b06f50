"""Lectures: the list, a lecture, announcing one, and the three questions to those who were there."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.learning.lectures import labels, notices, of_tag, thread_panel  # noqa: F401
from forum.learning.lectures.actions import ChangedMeanwhile, announce_lecture, revise_lecture
from forum.learning.lectures.forms import LectureForm, VoiceForm
from forum.learning.lectures.models import Expert, Lecture
from forum.learning.lectures.panels import agendas_of, may_have_heard
from forum.learning.lectures.policies import can_answer, can_manage, can_organise, visible_experts, visible_lectures
from forum.learning.lectures.queries import (
    coming_lectures,
    expert_rows,
    lecture_head,
    past_lectures,
    voices_of,
)
from forum.learning.lectures.voices import hear
from forum.paging import id_from
from forum.tags.queries import tag_choices, tag_groups
from forum.threads.models import ThreadTag

bp = Blueprint("lectures", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"lecture_labels": labels}


def to_lecture(lecture_id: int) -> str:
    return url_for("lectures.show", lecture_id=lecture_id)


@bp.get("/lectures/")
def index() -> ResponseReturnValue:
    """What is to come, and what was."""
    cursor = request.args.get("at")
    page = past_lectures(me(), cursor)
    newer, older = (url_for("lectures.index", at=place) if place else None for place in (page.newer, page.older))
    return render_template(
        "learning/lectures/index.html",
        coming=[] if cursor else coming_lectures(me()),
        past=page.rows,
        newer_url=newer,
        older_url=older,
        may_organise=can_organise(me()),
    )


@bp.get("/lectures/<int:lecture_id>")
def show(lecture_id: int) -> ResponseReturnValue:
    """A lecture: who, when, where; later what those who were there said of it, in numbers."""
    actor = me()
    head = lecture_head(actor, lecture_id)
    if head is None:
        abort(404)
    agendas = agendas_of(actor, head.thread_id)
    is_there = may_have_heard(agendas)
    return render_template(
        "learning/lectures/show.html",
        head=head,
        agendas=agendas,
        voices=voices_of(lecture_id) if labels.has_begun(head) else None,
        may_manage=can_manage(actor, head),
        may_answer=can_answer(actor, head, was_there=is_there, has_answered=head.has_answered),
    )


@bp.route("/lectures/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Announce a lecture; its thread begins."""
    actor = me()
    require(can_organise(actor))
    form = LectureForm(about="new", experts=expert_rows(actor), tags=tag_choices(tag_groups()))
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                done.record(to_lecture(announce_lecture(actor, form.plan(_expert(form))).id))
        db.session.commit()
        flash(_("发出来了，大家可以先提问。"), "good")
        flash("lecture-new", "draft-done")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.expert.data = id_from(request.args.get("expert")) or 0
    page = render_template("learning/lectures/plan.html", form=form, lecture=None, now=None)
    return page, 422 if form.errors else 200


@bp.route("/lectures/<int:lecture_id>/edit", methods=["GET", "POST"])
def edit(lecture_id: int) -> ResponseReturnValue:
    """Change it, or say how many came. Of two who do so at once, the second sees how it stands and keeps his text."""
    actor = me()
    lecture: Lecture = one_or_404(visible_lectures(actor).where(Lecture.id == lecture_id))
    require(can_manage(actor, lecture))
    form = LectureForm(about=lecture_id, experts=expert_rows(actor), tags=tag_choices(tag_groups()))
    now = None
    if not form.is_submitted():
        tag_ids = db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == lecture.thread_id)).all()
        form.show(lecture, tag_ids)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    revise_lecture(actor, lecture, form.plan(_expert(form)), version=form.version.data)
                    done.record(to_lecture(lecture_id))
            db.session.commit()
        except ChangedMeanwhile:
            db.session.rollback()
            now = lecture_head(actor, lecture_id)
            form.version.data = one_or_404(visible_lectures(actor).where(Lecture.id == lecture_id)).version
            form.refresh_token()
        else:
            flash(_("改好了。"), "good")
            flash(f"lecture-{lecture_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("learning/lectures/plan.html", form=form, lecture=lecture, now=now)
    return page, 409 if now else 422 if form.errors else 200


@bp.route("/lectures/<int:lecture_id>/voice", methods=["GET", "POST"])
def voice(lecture_id: int) -> ResponseReturnValue:
    """Three questions, without a name. Sent again it changes nothing: once is once."""
    actor = me()
    head = lecture_head(actor, lecture_id)
    if head is None:
        abort(404)
    was_there = may_have_heard(agendas_of(actor, head.thread_id))
    require(can_answer(actor, head, was_there=was_there, has_answered=False))
    form = VoiceForm()
    if head.has_answered or (form.is_submitted() and form.validate()):
        if form.is_submitted() and not head.has_answered:
            hear(actor, lecture_id, form.voice())
            db.session.commit()
        flash(_("收到了，没有记名字。"), "good")
        return redirect(to_lecture(lecture_id), 303)
    page = render_template("learning/lectures/voice.html", form=form, head=head)
    return page, 422 if form.errors else 200


def _expert(form: LectureForm) -> Expert:
    found: Expert = one_or_404(visible_experts(me()).where(Expert.id == form.expert.data))
    return found
