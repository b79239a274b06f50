"""``flask init`` on an empty database, and ``flask check`` on any."""

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from config import make_secret_key
from forum.clock import moment
from forum.extensions import db, reading
from forum.operations.actions import found_district
from forum.operations.checks import Level, all_findings
from forum.operations.queries import is_empty
from forum.text import clean
from forum.units.models import Person, Unit
from forum.units.phones import parse_phone
from forum.units.slips import slip_url

LOOKS = {Level.GOOD: ("✓", "green"), Level.WARN: ("！", "red"), Level.BAD: ("✗", "red")}


@click.command("init")
@click.option("--district", help="The district's name.")
@click.option("--admin", help="The first system administrator's name.")
@click.option("--phone", help="His mobile number.")
@with_appcontext
def init(district: str | None, admin: str | None, phone: str | None) -> None:
    """Found the forum on an empty database: key, tables, tags, district, first administrator; prints his activation slip."""
    settings = current_app.extensions["settings"]
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_empty():
        raise click.ClickException(_("库里已经有内容了，init 只用于空库。"))
    db.session.rollback()  # the migrations need the database for themselves
    district = _name(district or click.prompt(_("区县的名称")), Unit.name.type.length)
    admin = _name(admin or click.prompt(_("第一位系统管理员的姓名")), Person.name.type.length)
    try:
        number = parse_phone(phone or click.prompt(_("他的手机号")))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if not settings.secret_key:
        current_app.config["SECRET_KEY"] = make_secret_key(settings.data_dir).read_text(encoding="ascii").strip()
    flask_migrate.upgrade()
    code, slip = found_district(district, admin, number)
    db.session.commit()
    click.echo(_("%(district)s的论坛建好了。请把激活条交给%(name)s：", district=district, name=admin))
    click.echo(_("激活码：%(code)s", code=code))
    click.echo(_("网址：%(url)s", url=slip_url(code)))
    click.echo(_("有效期到：%(moment)s", moment=moment(slip.expires_at)))


@click.command("check")
@with_appcontext
def check() -> None:
    """Say what is misconfigured; fails when something must be mended."""
    with reading():
        findings = list(all_findings(current_app.extensions["settings"]))
    for finding in findings:
        sign, colour = LOOKS[finding.level]
        click.secho(f"{sign} {finding.text}", fg=colour)
    if any(finding.level is Level.BAD for finding in findings):
        raise SystemExit(1)


def _name(typed: str, longest: int) -> str:
    name = clean(typed).strip()
    if not name or len(name) > longest or "\n" in name:
        raise click.ClickException(_("名称不能空着，也不能超过 %(most)s 个字。", most=longest))
    return name
