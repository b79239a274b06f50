"""Commands about tags."""

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.tags.actions import NameTaken, StillInUse, add_synonym, load_taxonomy, rename_tag, retire_tag
from forum.tags.merging import CannotMerge, merge_tag
from forum.tags.models import NAME_LENGTH, Tag
from forum.text import clean

tags = AppGroup("tags", help="The taxonomy.")


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
    try:
        rename_tag(None, _tag(code), _word(name))
    except NameTaken:
        raise click.ClickException(_("已经有叫这个名字的标签了。")) from None
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
    try:
        retire_tag(None, _tag(code))
    except StillInUse:
        raise click.ClickException(_("这一类里还有在用的标签，先停用它们。")) from None
    db.session.commit()


@tags.command("merge")
@click.argument("code")
@click.argument("into")
def merge_command(code: str, into: str) -> None:
    """Let the tag INTO stand for the tag CODE; the worker moves what carries it."""
    try:
        merge_tag(None, _tag(code), _tag(into))
    except CannotMerge as no:
        raise click.ClickException(no.reason) from None
    db.session.commit()


def _tag(code: str) -> Tag:
    tag = db.session.scalars(select(Tag).where(Tag.code == code)).one_or_none()
    if tag is None:
        raise click.ClickException(_("没有代号是 %(code)s 的标签。", code=code))
    return tag


def _word(text: str) -> str:
    word = " ".join(clean(text).split())
    if not word or len(word) > NAME_LENGTH:
        raise click.ClickException(_("请写 1 到 %(most)s 个字。", most=NAME_LENGTH))
    return word
