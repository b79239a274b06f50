"""Commands that load and clear the invented district."""

import click
from flask.cli import AppGroup

from forum.demo.accounts import PASSWORD, demo_sign_ins
from forum.demo.loading import DistrictThere, clear_demo, load_demo
from forum.extensions import db

demo = AppGroup("demo", help="An invented district to try everything on.")


@demo.command("load")
def load_command() -> None:
    """Load the invented district into an empty database, and say how to sign in."""
    try:
        load_demo()
    except DistrictThere:
        raise click.ClickException("库里已经有区县了，演示数据只能装进空库。") from None
    db.session.commit()
    say_sign_ins()


@demo.command("clear")
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear_command(yes: bool) -> None:
    """Remove the invented district and everything in it."""
    if not yes:
        click.confirm("演示数据全部清掉，包括试用时写的。清吗？", abort=True)
    try:
        removed = clear_demo()
    except LookupError:
        raise click.ClickException("库里有真实的区县，不能清。") from None
    db.session.commit()
    click.echo(f"清掉了 {removed} 行。")


def say_sign_ins() -> None:
    """Print who can sign in, and with what."""
    click.echo(f"演示账号（密码都是 {PASSWORD}）：")
    for who, phone in demo_sign_ins():
        click.echo(f"  {phone}  {who}")
