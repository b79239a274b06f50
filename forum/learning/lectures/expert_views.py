"""The directory of experts: who teaches what, and what he taught here."""

from types import SimpleNamespace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.learning.lectures.actions import ChangedMeanwhile, InTheDirectory, add_expert, revise_expert
from forum.learning.lectures.forms import ExpertForm
from forum.learning.lectures.models import Expert, ExpertTag
from forum.learning.lectures.policies import can_organise, visible_experts
from forum.learning.lectures.queries import expert_people, expert_rows, lectures_by, subjects_of
from forum.paging import id_from
from forum.tags.carriers import carries
from forum.tags.queries import tag_choices, tag_groups
from forum.threads.lists import tags_of

bp = Blueprint("experts", __name__)


@bp.get("/experts/")
def index() -> ResponseReturnValue:
    """All by name, or those who teach one subject."""
    tag_id = id_from(request.args.get("tag"))
    experts = expert_rows(me(), tag_id)
    return render_template(
        "learning/lectures/experts.html",
        experts=experts,
        tags={expert.id: tags_of(expert) for expert in experts},
        groups=tag_groups(),
        tag_id=tag_id,
        may_organise=can_organise(me()),
    )


@bp.get("/experts/<int:expert_id>")
def show(expert_id: int) -> ResponseReturnValue:
    """An expert, and what he taught here."""
    expert: Expert = one_or_404(visible_experts(me()).where(Expert.id == expert_id))
    subjects = set(subjects_of(expert_id))
    return render_template(
        "learning/lectures/expert.html",
        expert=expert,
        subjects=[tag for group in tag_groups() for tag in group.tags if tag.id in subjects],
        lectures=lectures_by(me(), expert_id),
        may_organise=can_organise(me()),
    )


@bp.route("/experts/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Put somebody into the directory."""
    actor = me()
    require(can_organise(actor))
    form = ExpertForm(about="new", people=expert_people(actor), tags=tag_choices(tag_groups()))
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    expert = add_expert(actor, form.profile())
                    done.record(url_for("experts.show", expert_id=expert.id))
            db.session.commit()
        except InTheDirectory:
            _say_there(form)
        else:
            flash(_("记下了。"), "good")
            flash("expert-new", "draft-done")
            return redirect(done.url, 303)
    page = render_template("learning/lectures/expert_edit.html", form=form, expert=None, now=None)
    return page, 422 if form.errors else 200


@bp.route("/experts/<int:expert_id>/edit", methods=["GET", "POST"])
def edit(expert_id: int) -> ResponseReturnValue:
    """Change what the directory says; of two at once the second sees both."""
    actor = me()
    expert: Expert = one_or_404(visible_experts(actor).where(Expert.id == expert_id))
    require(can_organise(actor))
    people = [*expert_people(actor)]
    if expert.person_id is not None and expert.person_id not in {person.id for person in people}:
        people.append(SimpleNamespace(id=expert.person_id, name=expert.name, unit_name=expert.workplace))  # left office
    form = ExpertForm(about=expert_id, people=people, tags=tag_choices(tag_groups()))
    now = None
    if not form.is_submitted():
        form.show(expert, subjects_of(expert_id))
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    revise_expert(actor, expert, form.profile(), version=form.version.data)
                    done.record(url_for("experts.show", expert_id=expert_id))
            db.session.commit()
        except InTheDirectory:
            _say_there(form)
        except ChangedMeanwhile:
            db.session.rollback()
            now = one_or_404(visible_experts(actor).where(Expert.id == expert_id))
            form.version.data = now.version
            form.refresh_token()
        else:
            flash(_("改好了。"), "good")
            flash(f"expert-{expert_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("learning/lectures/expert_edit.html", form=form, expert=expert, now=now)
    return page, 409 if now else 422 if form.errors else 200


def _say_there(form: ExpertForm) -> None:
    db.session.rollback()
    form.person.errors = [_("名录里已经有这位了。")]
    form.refresh_token()


carries(ExpertTag.tag_id, ExpertTag.expert_id)
