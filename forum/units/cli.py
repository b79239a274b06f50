"""Units from the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.clock import today
from forum.extensions import db, reading
from forum.units.labels import KIND_LABELS
from forum.units.models import Unit, UnitKind
from forum.units.policies import grant_of_commands
from forum.units.queries import load_registry
from forum.units.roster_file import RosterFile, RosterFileError, read_roster
from forum.units.roster_import import hold_district, import_plan
from forum.units.roster_plan import Plan, Planned, State
from forum.units.roster_planner import plan_roster

units = AppGroup("units", help="Units and the people who hold office in them.")


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_command(file: Path, dry_run: bool) -> None:
    """Import the roster FILE (.xlsx or .csv).

    Rows that are right are applied even if others are wrong; with wrong rows the exit status is 1.
    """
    try:
        roster = read_roster(file.read_bytes(), file.name)
    except RosterFileError as error:
        raise click.ClickException(str(error)) from None
    if dry_run:
        with reading():
            plan = _plan(roster, _district_id())
            db.session.rollback()
    else:
        district_id = _district_id()
        hold_district(district_id)
        plan = _plan(roster, district_id)
        try:
            import_plan(None, plan, district_id)
        except IntegrityError:
            raise click.ClickException(_("没有导入：名册里有单位重名，或者就在刚才有人也在改。")) from None
        db.session.commit()
    _say(roster, plan, dry_run=dry_run)
    if plan.of(State.WRONG):
        raise click.exceptions.Exit(1)


def _district_id() -> int:
    found = list(db.session.scalars(select(Unit.id).where(Unit.kind == UnitKind.DISTRICT, Unit.closed_at.is_(None))))
    if len(found) != 1:
        none, several = _("还没有区县，请先运行 flask --app wsgi init。"), _("库里有几个区县，请在网页上导入。")
        raise click.ClickException(several if found else none)
    return found[0]


def _plan(roster: RosterFile, district_id: int) -> Plan:
    registry = load_registry(district_id, {row.phone for row in roster.rows if row.phone})
    return plan_roster(roster.rows, {}, registry, grant_of_commands(district_id), today())


def _say(roster: RosterFile, plan: Plan, *, dry_run: bool) -> None:
    for note in roster.notes:
        click.echo(str(note))
    for row in plan.rows:
        if row.state is not State.SAME:
            click.echo(_line(row))
    for kind, names in plan.new_units.items():
        click.echo(
            _(
                "新建%(kind)s %(count)s 个：%(names)s",
                kind=KIND_LABELS[kind],
                count=len(names),
                names=_("、").join(names),
            )
        )
    if plan.missing:
        absent = _("、").join(f"{office.unit_name}{person.name}" for office, person in plan.missing)
        click.echo(_("名册里没有、保持不动的 %(count)s 人：%(names)s", count=len(plan.missing), names=absent))
    counts = plan.counts
    click.echo(_("新登记 %(new)s 行，变更 %(changed)s 行，一样 %(same)s 行，有误 %(wrong)s 行。", **counts))
    if dry_run:
        click.echo(_("这是试算，什么都没有改。"))
    elif counts[State.WRONG]:
        click.echo(_("有误的行没有导入，其余的已经导入；改好后可以再导一次。"))


def _line(row: Planned) -> str:
    label = {State.NEW: _("新增"), State.CHANGED: _("变更"), State.WRONG: _("有误")}[row.state]
    reasons = [*(fault.message for fault in row.faults), *row.changes, *row.remarks]
    where = row.place.name if row.place else row.row.village
    return " ".join(
        text
        for text in (_("第 %(line)s 行", line=row.row.line), label, where, row.row.name, *map(str, reasons))
        if text
    )
