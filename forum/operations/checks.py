"""What is misconfigured, in words for whoever runs the forum."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config import KEY_FILE, Settings
from forum.backups.actions import backups_in
from forum.clock import day, utcnow
from forum.extensions import db, keeps_write_ahead_log
from forum.notices.mail.smtp import Unreachable, knock
from forum.operations.queries import is_migrated, roles_held
from forum.search.index import IndexUnavailable, open_reader
from forum.search.place import index_root
from forum.units.models import Role

GIGABYTE = 1024**3
OLDEST_BACKUP = timedelta(hours=50)  # two nights and a morning
LEAST_FREE, COMFORTABLE = GIGABYTE // 4, 2 * GIGABYTE


class Level(StrEnum):
    """How a finding is meant: nothing to do, to be known, to be mended."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    level: Level
    text: str


def all_findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything; what lies in the database only as far as it can be reached."""
    yield from key_findings(settings)
    yield from disk_findings(settings)
    yield from mail_findings(settings)
    yield from address_findings(settings)
    reached = list(database_findings())
    yield from reached
    if all(finding.level is not Level.BAD for finding in reached):
        yield from people_findings(roles_held())
    yield index_finding()
    yield from backup_findings(settings)


def key_findings(settings: Settings) -> Iterator[Finding]:
    """The secret key is there and only its owner reads it."""
    path = settings.data_dir / KEY_FILE
    if not settings.secret_key:
        yield Finding(Level.BAD, _("没有密钥：请运行 flask --app wsgi init。"))
    elif path.exists() and path.stat().st_mode & 0o077:
        yield Finding(Level.BAD, _("别的用户能读密钥：请运行 chmod 600 %(path)s。", path=path))
    else:
        yield Finding(Level.GOOD, _("密钥有了，只有本用户能读。"))


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """The data directory takes files, and more than a few."""
    folder = settings.data_dir
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        yield Finding(Level.BAD, _("数据目录 %(folder)s 写不进去：%(reason)s。", folder=folder, reason=reason))
        return
    yield Finding(Level.GOOD, _("数据目录 %(folder)s 可以写。", folder=folder))
    free = shutil.disk_usage(folder).free
    level = Level.BAD if free < LEAST_FREE else Level.WARN if free < COMFORTABLE else Level.GOOD
    sentence = _("磁盘还剩 %(size)s GB。") if level is Level.GOOD else _("磁盘只剩 %(size)s GB，请尽快腾出地方。")
    yield Finding(level, sentence % {"size": f"{free / GIGABYTE:.1f}"})


def address_findings(settings: Settings) -> Iterator[Finding]:
    """People reach the forum encrypted, and errors show them nothing of its inside."""
    if settings.is_https:
        yield Finding(Level.GOOD, _("网址 %(url)s 是加密的。", url=settings.public_url))
    else:
        yield Finding(Level.WARN, _("网址 %(url)s 没有加密：只能在本机或内网试用。", url=settings.public_url))
    if settings.debug:
        yield Finding(Level.BAD, _("DEBUG 开着：正式使用必须关掉。"))


def mail_findings(settings: Settings) -> Iterator[Finding]:
    """The mail server, if there is one, lets us in."""
    if settings.mail is None:
        return
    try:
        knock(settings.mail)
    except Unreachable as error:
        yield Finding(Level.BAD, _("邮件服务器连不上（%(reason)s）：请核对 MAIL_URL。", reason=error))
    else:
        yield Finding(Level.GOOD, _("邮件服务器连得上。"))


def database_findings() -> Iterator[Finding]:
    """The database answers and has the tables that the code expects."""
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError:
        db.session.rollback()
        yield Finding(Level.BAD, _("数据库连不上：请核对 DATABASE_URL，看看数据库是否在运行。"))
        return
    yield Finding(Level.GOOD, _("数据库连得上。"))
    if is_migrated():
        yield Finding(Level.GOOD, _("数据表是最新的。"))
    else:
        yield Finding(Level.BAD, _("数据表与程序不是同一版：请先备份，再运行 flask --app wsgi db upgrade。"))
    if not keeps_write_ahead_log():
        yield Finding(Level.BAD, _("SQLite 用不了 WAL：数据目录要放在本机磁盘上，不能放在网络盘上。"))


def people_findings(held: set[Role]) -> Iterator[Finding]:
    """Somebody can let others in."""
    if not held & {Role.ADMIN, Role.DISTRICT}:
        yield Finding(
            Level.BAD, _("没有系统管理员，也没有区级工作人员：谁也发不了激活条。空库请运行 flask --app wsgi init。")
        )
    elif Role.DISTRICT not in held:
        yield Finding(Level.WARN, _("还没有区级工作人员：请系统管理员登录后加上。"))
    elif Role.ADMIN not in held:
        yield Finding(Level.WARN, _("没有系统管理员。"))
    else:
        yield Finding(Level.GOOD, _("系统管理员和区级工作人员都有。"))


def index_finding() -> Finding:
    """The search index is there and readable."""
    try:
        open_reader(index_root()).state()
    except IndexUnavailable:
        return Finding(
            Level.WARN, _("还没有搜索索引：启动 worker 就会建，也可以运行 flask --app wsgi search rebuild。")
        )
    return Finding(Level.GOOD, _("搜索索引有了。"))


def backup_findings(settings: Settings) -> Iterator[Finding]:
    """There is a backup of the last nights, and it lies on another disk than the data."""
    backups = backups_in(settings.backup_dir)
    if not backups:
        yield Finding(
            Level.WARN, _("还没有备份：worker 开着，夜里两点以后会做；也可以运行 flask --app wsgi backup create。")
        )
        return
    made = backups[0].created_at
    if utcnow() - made > OLDEST_BACKUP:
        yield Finding(Level.BAD, _("最近一次备份是%(day)s：请看看 worker 是不是停了。", day=day(made)))
    else:
        yield Finding(Level.GOOD, _("最近一次备份是%(day)s。", day=day(made)))
    if settings.backup_dir.stat().st_dev == settings.data_dir.stat().st_dev:
        yield Finding(
            Level.WARN, _("备份和数据在同一块盘上，盘坏了会一起丢：请把 BACKUP_DIR 放到另一块盘，或每天拷走。")
        )
