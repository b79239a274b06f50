"""``flask backup``: create, verify, restore."""

import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from config import given
from forum.backups import jobs  # noqa: F401 - registers the nightly backup
from forum.backups.actions import AlreadyRunning, create
from forum.backups.actions import restore as restore_backup
from forum.backups.actions import verify as verify_backup
from forum.backups.archive import Damaged, Manifest
from forum.backups.databases import DatabaseFailed, NotEmpty

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REPORTED = 200  # pictures and files between two lines of progress


@click.group("backup")
def backup() -> None:
    """Keep what people wrote: one file with database, pictures, office files and settings."""


@backup.command("create")
@with_appcontext
def create_command() -> None:
    """Write a backup into BACKUP_DIR while the forum goes on, and read it through."""

    def progress(done: int, among: int) -> None:
        if done % REPORTED == 0 or done == among:
            click.echo(_("图片和文件 %(done)s / %(among)s", done=done, among=among))

    try:
        made, manifest = create(current_app.extensions["settings"], given(os.environ), progress)
        verify_backup(made.path)
    except AlreadyRunning:
        raise click.ClickException(_("另一个备份正在做，等它做完再试。")) from None
    except (DatabaseFailed, OSError) as error:
        raise click.ClickException(_("没备份成：%(reason)s", reason=error)) from None
    except Damaged as error:
        raise click.ClickException(_("备份写坏了：%(reason)s", reason=error)) from None
    click.echo(_("备份好了，也核对过了：%(path)s", path=made.path))
    click.echo(_summary(manifest))
    if manifest.missing:
        click.secho(_("有 %(num)s 个图片或文件找不到，没能备份。", num=len(manifest.missing)), fg="red")


@backup.command("verify")
@click.argument("path", metavar="FILE", type=FILE)
@with_appcontext
def verify_command(path: Path) -> None:
    """Read a backup through: is every part as it was written?"""
    try:
        manifest = verify_backup(path)
    except (Damaged, OSError) as error:
        raise click.ClickException(_("这个备份不能用：%(reason)s", reason=error)) from None
    click.echo(_("这个备份是好的。"))
    click.echo(_summary(manifest))


@backup.command("restore")
@click.argument("path", metavar="FILE", type=FILE)
@with_appcontext
def restore_command(path: Path) -> None:
    """Put a backup into an empty place: an empty DATA_DIR, and DATABASE_URL without tables."""
    settings = current_app.extensions["settings"]
    try:
        manifest = restore_backup(settings, path)
    except NotEmpty as error:
        raise click.ClickException(_("%(place)s 里已经有内容：只能恢复到空的地方。", place=error)) from None
    except (Damaged, DatabaseFailed, OSError) as error:
        raise click.ClickException(_("没恢复成：%(reason)s", reason=error)) from None
    click.echo(_("恢复好了，每张表都和备份时一样。"))
    click.echo(_summary(manifest))
    click.echo(
        _(
            "备份时的设置在 %(path)s，请核对。再运行 flask --app wsgi db upgrade，然后启动。",
            path=settings.data_dir / "settings.env",
        )
    )


def _summary(manifest: Manifest) -> str:
    rows = sum(int(digest.partition(":")[0]) for digest in manifest.tables.values())
    files = sum(name.startswith(("pictures/", "documents/")) for name in manifest.members)
    holds = _(
        "%(tables)s 张表，%(rows)s 行；%(files)s 个图片和文件；版本 %(revision)s",
        tables=len(manifest.tables),
        rows=rows,
        files=files,
        revision=manifest.revision,
    )
    return holds + "\n" + _("操作记录的链头 %(head)s", head=manifest.audit_head) if manifest.audit_head else holds
