"""How notices about what was pointed out read. Whoever wrote the post never learns who pointed it out."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.moderation.models import Report, Verdict
from forum.notices.kinds import Shown, Topic, register_notice
from forum.threads.models import Post
from forum.units.actors import Actor


def _own_reports(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Report.id, Report.verdict, Report.answer).where(
            Report.id.in_(ids), Report.reporter_id == actor.id, Report.verdict.is_not(None)
        )
    )
    return {row.id: row for row in rows}


def _of_own_posts(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Report.id, Report.request, Report.post_id, Post.thread_id)
        .join(Post, Post.id == Report.post_id)
        .where(Report.id.in_(ids), Post.author_id == actor.id, Report.verdict == Verdict.ASKED)
    )
    return {row.id: row for row in rows}


def _answered(row: Any) -> Shown:
    said = {
        Verdict.HIDDEN: _("您举报的一条看过了，已经隐藏。"),
        Verdict.ASKED: _("您举报的一条看过了，请写的人改了。"),
        Verdict.LEFT: _("您举报的一条看过了，没有不妥，留着。"),
    }[row.verdict]
    return Shown(said + row.answer, url_for("moderation.own_reports"))


def _asked(row: Any) -> Shown:
    text = _("镇里请您改一改写过的一条：%(what)s", what=row.request)
    return Shown(text, url_for("threads.edit", post_id=row.post_id), row.thread_id)


register_notice("report.answered", _own_reports, _answered, topic=Topic.MODERATION)
register_notice("report.asked", _of_own_posts, _asked, topic=Topic.MODERATION)
