"""How notices about threads read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.notices.kinds import Shown, Topic, register_notice
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts, readable_threads
from forum.threads.queries import title_for
from forum.units.actors import Actor
from forum.units.models import Person, Unit


def _posts(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    scribe = aliased(Person)
    rows = db.session.execute(
        select(
            Post.id,
            Post.thread_id,
            Post.hidden_reason,
            title_for(actor),
            Unit.name.label("unit_name"),
            Person.name.label("author_name"),
            scribe.name.label("entered_by"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Unit, Unit.id == Post.unit_id)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
        .where(Post.id.in_(ids), readable_posts(actor))
    )
    return {row.id: row for row in rows}


def load_threads(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Thread.id, Thread.title, Thread.panel_due, Thread.followup_due, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Thread.unit_id)
        .where(Thread.id.in_(ids), readable_threads(actor))
    )
    return {row.id: row for row in rows}


def _replied(row: Any) -> Shown:
    text = _("%(unit)s %(name)s 回复了“%(title)s”", unit=row.unit_name, name=row.author_name, title=row.title)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _mentioned(row: Any) -> Shown:
    text = _("%(unit)s %(name)s 在“%(title)s”里提到了您", unit=row.unit_name, name=row.author_name, title=row.title)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _entered(row: Any) -> Shown:
    if row.title:
        text = _("%(name)s替您发了一条：“%(title)s”。请看看写得对不对。", name=row.entered_by, title=row.title)
    else:
        text = _("%(name)s替您发了一条，请看看写得对不对。", name=row.entered_by)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _hidden(row: Any) -> Shown:
    if row.title:
        text = _("您在“%(title)s”里写的一条被隐藏了，原因：%(reason)s", title=row.title, reason=row.hidden_reason)
    else:
        text = _("您写的一条回复被隐藏了，原因：%(reason)s", reason=row.hidden_reason)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _held(row: Any) -> Shown:
    text = _("%(unit)s %(name)s 发的一条等您看一眼", unit=row.unit_name, name=row.author_name)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _let_through(row: Any) -> Shown:
    return Shown(_("您发的一条看过了，大伙儿都看得到了"), url_for("threads.post", post_id=row.id), row.thread_id)


def _merged(row: Any) -> Shown:
    text = _("您的帖子和“%(title)s”说的是一回事，并到一起了", title=row.title)
    return Shown(text, url_for("threads.post", post_id=row.id), row.thread_id)


def _split(row: Any) -> Shown:
    text = _("您写的一条单独开了一个帖子：“%(title)s”", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.thread_id), row.thread_id)


def _decided(row: Any) -> Shown:
    return Shown(_("“%(title)s”有结果了", title=row.title), url_for("threads.show", thread_id=row.id), row.id)


register_notice("thread.replied", _posts, _replied, topic=Topic.REPLIES)
register_notice("thread.mentioned", _posts, _mentioned, topic=Topic.REPLIES)
register_notice("post.entered", _posts, _entered, topic=Topic.REPLIES)
register_notice("thread.hidden", _posts, _hidden, topic=Topic.MODERATION)
register_notice("post.held", _posts, _held, topic=Topic.MODERATION)
register_notice("post.let_through", _posts, _let_through, topic=Topic.MODERATION)
register_notice("thread.merged", _posts, _merged, topic=Topic.REPLIES)
register_notice("thread.split", _posts, _split, topic=Topic.REPLIES)
register_notice("thread.decided", load_threads, _decided, topic=Topic.DECISIONS)
