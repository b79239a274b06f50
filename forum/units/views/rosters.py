"""Importing a roster: a file, a preview of what would change, and one short transaction that changes it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from forum.access import accepts, me, one_or_404, require
from forum.clock import today
from forum.downloads import download
from forum.extensions import db
from forum.units.forms import ApplyForm, RosterForm
from forum.units.labels import KIND_LABELS, ROLE_LABELS
from forum.units.models import Role, RosterUpload
from forum.units.policies import can_manage_people, grant_of, visible_uploads
from forum.units.queries import load_registry
from forum.units.roster_file import RosterFileError, read_roster, template_workbook
from forum.units.roster_import import hold_district, import_plan, spend_upload
from forum.units.roster_plan import Plan, State
from forum.units.roster_planner import plan_roster
from forum.units.uploads import KeptRoster, forget_old_uploads, keep_roster, read_kept
from forum.units.views import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# As many choices and rows as a page can bear; a file that needs more has to be put right first.
MOST_TITLES = 40
MOST_ROWS = 1000
SKIP = "skip"


class PlanChanged(Exception):
    """What an import would do is no longer what was shown."""


@bp.route("/roster", methods=["GET", "POST"])
@accepts(12)
def roster() -> ResponseReturnValue:
    """Take a file and read it. Reading is slow, so it comes before the first statement of the transaction."""
    actor = me()
    require(can_manage_people(actor))
    form = RosterForm()
    if form.is_submitted() and form.validate():
        try:
            read = read_roster(form.content, form.filename)
        except RosterFileError as error:
            form.file.errors = [error.message]
        else:
            with form.once() as done:
                if not done:
                    forget_old_uploads()
                    upload = keep_roster(actor, form.filename, read)
                    done.record(url_for(".roster_preview", token=upload.token))
            db.session.commit()
            return redirect(done.url, 303)
    return render_template("units/roster.html", form=form), 422 if form.errors else 200


@bp.get("/roster/template.xlsx")
def roster_template() -> ResponseReturnValue:
    """An empty roster to fill in."""
    require(can_manage_people(me()))
    return download(template_workbook(), XLSX, "名册模板.xlsx")


@bp.get("/roster/<string(length=43):token>")
def roster_preview(token: str) -> ResponseReturnValue:
    """What the import would do, row by row."""
    upload = _upload(token)
    if upload.applied_at:
        flash(_("这份名册已经导入过了。"), "info")
        return redirect(url_for(".people"), 303)
    return _preview(upload, ApplyForm(about=token))


@bp.post("/roster/<string(length=43):token>")
def apply_roster(token: str) -> ResponseReturnValue:
    """Carry out what was shown, if it is still the same."""
    actor, upload = me(), _upload(token)
    form = ApplyForm(about=token)
    if not form.validate():
        return _preview(upload, form, 422)
    assert actor.district_id is not None
    try:
        with form.once() as done:
            if not done:
                if not upload.applied_at:
                    hold_district(actor.district_id)
                    plan = _plan(read_kept(upload))
                    if plan.digest() != form.seen.data:
                        raise PlanChanged
                    import_plan(actor, plan, actor.district_id)
                    spend_upload(upload)
                    flash(_outcome(plan), "good")
                done.record(url_for(".people"))
        db.session.commit()
    except (PlanChanged, IntegrityError):
        db.session.rollback()
        form.refresh_token()
        form.form_errors.append(
            _("还没有导入：就在刚才有人改了人员或单位，或者名册里有单位重名。请按下面现在的样子再核对一遍。")
        )
        return _preview(_upload(token), form, 409)
    return redirect(done.url, 303)


def _upload(token: str) -> RosterUpload:
    require(can_manage_people(me()))
    upload: RosterUpload = one_or_404(visible_uploads(me()).where(RosterUpload.token == token))
    return upload


def _plan(kept: KeptRoster) -> Plan:
    grant = grant_of(me())
    assert grant is not None
    registry = load_registry(grant.district_id, {row.phone for row in kept.rows if row.phone})
    return plan_roster(kept.rows, _titles(kept, grant.roles), registry, grant, today())


def _titles(kept: KeptRoster, roles: frozenset[Role]) -> Mapping[str, Role | None]:
    """What the reader said the unknown titles mean: the address carries his choices in the order of the titles."""
    chosen = zip(kept.unknown_titles[:MOST_TITLES], request.args.getlist("role"), strict=False)
    known = {role.value: role for role in roles}
    return {title: known.get(choice) for title, choice in chosen if choice == SKIP or choice in known}


def _preview(upload: RosterUpload, form: ApplyForm, status: int = 200) -> ResponseReturnValue:
    kept = read_kept(upload)
    plan = _plan(kept)
    form.seen.data = plan.digest()
    roles: dict[str, Any] = {role.value: label for role, label in ROLE_LABELS.items() if role in _roles()}
    page = render_template(
        "units/roster_preview.html",
        form=form,
        upload=upload,
        kept=kept,
        plan=plan,
        State=State,
        titles=kept.unknown_titles[:MOST_TITLES],
        chosen=request.args.getlist("role"),
        choices={**roles, SKIP: _("这样的行不导入")},
        kind_labels=KIND_LABELS,
        role_labels=ROLE_LABELS,
        most_rows=MOST_ROWS,
    )
    return page, status


def _roles() -> frozenset[Role]:
    grant = grant_of(me())
    return grant.roles if grant else frozenset()


def _outcome(plan: Plan) -> str:
    done = _("导入好了：新登记 %(new)s 行，变更 %(changed)s 行，%(same)s 行本来就一样。", **plan.counts)
    left = plan.counts[State.WRONG] + plan.counts[State.SKIPPED]
    return done + (_("另有 %(left)s 行没有导入。", left=left) if left else "")
