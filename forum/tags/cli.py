"""Commands about tags."""

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.tags.actions import add_synonym, load_taxonomy, merge_tag, rename_tag, retire_tag
from forum.tags.models import Tag
from forum.text import clean

tags = AppGroup("tags", help="The taxonomy.")

LONGEST = 40


@tags.command("load")
def load_command() -> None:
    """Load the shipped taxonomy into an empty table."""
    made = load_taxonomy()
    db.session.commit()
    click.echo(_("装入 %(count)s 个标签。", count=made) if made else _("已经有标签了，没有再装。"))


@tags.command("rename")
@click.argument("code")
@click.argument("name")
def rename_command(code: str, name: str) -> None:
    """Call the tag CODE by another NAME."""
    rename_tag(None, _tag(code), _word(name))
    db.session.commit()


@tags.command("synonym")
@click.argument("code")
@click.argument("word")
def synonym_command(code: str, word: str) -> None:
    """Teach the tag CODE a WORD that people type."""
    added = add_synonym(None, _tag(code), _word(word))
    db.session.commit()
    if not added:
        click.echo(_("这个标签已经有这个词了。"))


@tags.command("retire")
@click.argument("code")
def retire_command(code: str) -> None:
    """Offer the tag CODE no more; its threads stay findable."""
    retire_tag(None, _tag(code))
    db.session.commit()


@tags.command("merge")
@click.argument("code")
@click.argument("into")
def merge_command(code: str, into: str) -> None:
    """Let the tag INTO stand for the tag CODE."""
    try:
        merge_tag(None, _tag(code), _tag(into))
    except ValueError:
        raise click.ClickException(_("只能把一个在用的小类并到另一个在用的小类里。")) from None
    db.session.commit()


def _tag(code: str) -> Tag:
    tag = db.session.scalars(select(Tag).where(Tag.code == code)).one_or_none()
    if tag is None:
        raise click.ClickException(_("没有代号是 %(code)s 的标签。", code=code))
    return tag


def _word(text: str) -> str:
    word = " ".join(clean(text).split())
    if not word or len(word) > LONGEST:
        raise click.ClickException(_("请写 1 到 %(most)s 个字。", most=LONGEST))
    return word
