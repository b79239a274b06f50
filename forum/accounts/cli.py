"""Accounts from the command line: for those above whom nobody can print a slip."""

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from forum.clock import moment
from forum.extensions import db
from forum.units.models import Person
from forum.units.phones import parse_phone
from forum.units.slips import make_slip, slip_url

accounts = AppGroup("accounts", help="People's access to the forum.")


@accounts.command("slip")
@click.argument("phone")
def slip(phone: str) -> None:
    """Print a new activation slip for the person with this PHONE number; his older unused ones are void."""
    try:
        number = parse_phone(phone)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    person = db.session.scalars(select(Person).where(Person.phone == number)).one_or_none()
    if person is None:
        raise click.ClickException(_("没有人用这个手机号，请先把他加进名册。"))
    if person.disabled_at is not None:
        raise click.ClickException(_("%(name)s的账号已经停用。", name=person.name))
    code, row = make_slip(None, person)
    db.session.commit()
    click.echo(_("姓名：%(name)s", name=person.name))
    click.echo(_("激活码：%(code)s", code=code))
    click.echo(_("网址：%(url)s", url=slip_url(code)))
    click.echo(_("有效期到：%(moment)s", moment=moment(row.expires_at)))
