"""How threads are shown in lists: filters read from an address, rows turned into what the pieces of a page want."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, not_, or_, select

from forum.clock import day, moment, today
from forum.extensions import db
from forum.language import is_english, numeral
from forum.paging import id_from, keyset_page
from forum.tags.queries import ids_under, tag_groups
from forum.threads.models import ASKED, Reach, Thread, ThreadKind, ThreadRead
from forum.threads.moderation import MOST_PINNED
from forum.threads.panels import Panel, Step
from forum.threads.queries import ANSWERED, UNANSWERED, Rows, followed_by, tagged, thread_rows
from forum.threads.reading import is_behind, new_for
from forum.units.actors import Actor
from forum.units.models import Unit, UnitKind

_KIND_LABELS = {
    ThreadKind.QUESTION: _l("提问"),
    ThreadKind.TOPIC: _l("议题"),
    ThreadKind.SHARE: _l("经验分享"),
    ThreadKind.NOTICE: _l("通知"),
    ThreadKind.TRIP: _l("学习考察"),
    ThreadKind.LECTURE: _l("专家授课"),
}
STATES = ("unread", "unanswered", "answered", "mine", "followed")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. Everything unreadable is as if it were not there."""

    kind: ThreadKind | None = None
    tag: str = ""
    unit: int | None = None
    state: str = ""
    newest: bool = False
    cursor: str | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """From the query of an address."""
        kind, state = args.get("kind", ""), args.get("state", "")
        return cls(
            kind=ThreadKind(kind) if kind in set(ThreadKind) else None,
            tag=args.get("tag", "")[:40],
            unit=id_from(args.get("unit")),
            state=state if state in STATES else "",
            newest=args.get("sort") == "new",
            cursor=args.get("at"),
        )

    def url(self, **changes: Any) -> str:
        """The address of the list with some filters changed; a changed filter begins at the first page."""
        to = replace(self, **{"cursor": None, **changes})
        return url_for(
            "threads.index",
            kind=to.kind.value if to.kind else None,
            tag=to.tag or None,
            unit=to.unit,
            state=to.state or None,
            sort="new" if to.newest else None,
            at=to.cursor,
        )

    def pins_of(self, actor: Actor) -> int | None:
        """The township whose pinned threads stand first: the one that was chosen, or the reader's own in the whole list."""
        is_plain = not (self.kind or self.tag or self.state)
        return (self.unit or actor.township_id) if is_plain else None

    @property
    def column(self) -> Any:
        """By which the list is ordered: what is new, by when it came, so that it is found without looking through all threads."""
        if self.state == "unread":
            return ThreadRead.new_at
        return Thread.created_at if self.newest else Thread.last_post_at

    def narrow(self, query: Rows, actor: Actor) -> Rows:
        """The query with these filters."""
        if self.kind:
            query = query.where(Thread.kind == self.kind)
        if self.tag:
            query = query.where(tagged(ids_under(self.tag)))
        if self.unit:
            query = query.where(or_(Thread.unit_id == self.unit, Thread.township_id == self.unit))
        if self.state == "unread":
            query = query.join(ThreadRead, is_behind(actor.id)).add_columns(ThreadRead.new_at)
        elif self.state == "unanswered":
            query = query.where(UNANSWERED)
        elif self.state == "answered":
            query = query.where(ANSWERED)
        elif self.state == "mine":
            query = query.where(Thread.author_id == actor.id)
        elif self.state == "followed":
            query = query.where(followed_by(actor.id))
        return query


def list_page(actor: Actor, filters: Filters) -> dict[str, Any]:
    """Everything the list page shows."""
    column = filters.column
    listed = thread_rows(actor).add_columns(new_for(actor.id))
    query = filters.narrow(listed, actor)
    township_id = filters.pins_of(actor)
    pinned: Sequence[Any] = ()
    if township_id is not None:
        is_pinned = and_(Thread.pinned_at.is_not(None), Thread.township_id == township_id)
        query = query.where(not_(is_pinned))
        if filters.cursor is None:
            pinned = db.session.execute(
                listed.where(is_pinned).order_by(Thread.pinned_at.desc(), Thread.id).limit(MOST_PINNED)
            ).all()
    page = keyset_page(query, column, Thread.id, filters.cursor)
    return {
        "filters": filters,
        "pinned": [shown(row) for row in pinned],
        "threads": [shown(row) for row in page.rows],
        "newer_url": filters.url(cursor=page.newer) if page.newer else None,
        "older_url": filters.url(cursor=page.older) if page.older else None,
        "groups": tag_groups(),
        "places": places(actor),
    }


def places(actor: Actor) -> Sequence[Any]:
    """Townships and their villages of the actor's district, to choose from; one statement."""
    return db.session.execute(
        select(Unit.id, Unit.name, Unit.kind, Unit.township_id)
        .where(
            Unit.district_id == actor.district_id,
            Unit.kind.in_((UnitKind.TOWNSHIP, UnitKind.VILLAGE)),
            Unit.closed_at.is_(None),
        )
        .order_by(Unit.township_id, Unit.kind, Unit.position, Unit.name)
    ).all()


def shown(row: Any) -> SimpleNamespace:
    """A thread's row as ``thread_row`` of the page pieces wants it."""
    return SimpleNamespace(
        url=url_for("threads.show", thread_id=row.id),
        title=row.title,
        unit_name=row.unit_name,
        author_name=row.author_name,
        unit_id=row.unit_id,
        author_id=row.author_id,
        when=moment(row.last_post_at),
        reply_count=row.reply_count,
        same_count=row.same_count,
        tags=tags_of(row),
        kind_label=kind_label(row.kind) if row.kind is not ThreadKind.QUESTION else None,
        stage=stage_of(row),
        unread=getattr(row, "is_unread", False),
    )


def kind_label(kind: ThreadKind) -> str:
    """What a thread of this kind is called."""
    return str(_KIND_LABELS[kind])


def stage_of(row: Any) -> SimpleNamespace | None:
    """How far a question has come, in one word with its colour."""
    if row.held_at is not None:
        return SimpleNamespace(label=_("等镇里看一眼"), kind="wait")
    if row.hidden_at is not None:
        return SimpleNamespace(label=_("已隐藏"), kind="plain")
    if row.concluded_at is not None:
        return _stage_after_conclusion(row)
    if row.accepted_post_id is not None:
        return SimpleNamespace(label=_("有管用的回答"), kind="done")
    if row.round > 1:
        return SimpleNamespace(label=_("又会诊"), kind="now")
    if row.kind is ThreadKind.QUESTION and not row.reply_count:
        return SimpleNamespace(label=_("等您支招"), kind="now")
    if row.reach is not Reach.DISTRICT:
        return SimpleNamespace(label=reach_label(row.reach), kind="wait")
    return None


def _stage_after_conclusion(row: Any) -> SimpleNamespace:
    if row.solved_at is not None:
        return SimpleNamespace(label=_("已解决"), kind="done")
    if row.followup_due is not None and row.followup_due <= today():
        return SimpleNamespace(label=_("该回头看"), kind="wait")
    if row.open_actions:
        return SimpleNamespace(label=_("在落实"), kind="kind")
    return SimpleNamespace(label=_("有结论"), kind="done")


def reach_label(reach: Reach) -> str:
    """Who may read something that not everybody in the district may."""
    return {Reach.DISTRICT: _("全区都能看"), Reach.TOWNSHIP: _("只给本镇看"), Reach.PANEL: _("只给请到的人看")}[reach]


def tags_of(row: Any) -> list[SimpleNamespace]:
    """The tags that travelled with a row in one column."""
    english = is_english()
    tags = []
    for line in (row.tag_lines or "").split("\n"):
        if line:
            code, name, name_en = line.split(":", 2)
            tags.append(
                SimpleNamespace(
                    name=name_en if english and name_en else name, url=url_for("tags.show", code=code), code=code
                )
            )
    return sorted(tags, key=lambda tag: tag.code)


def steps_of(head: Any, panels: Sequence[Panel]) -> list[Step]:
    """The stage line of what was asked: raised, consulted (again), concluded, and what higher rooms add."""
    if head.kind not in ASKED:
        return []
    concluded = head.concluded_at or head.accepted_at
    steps = [
        Step(_("点题"), day(head.created_at), "done"),
        Step(*_consulting(head), "done" if concluded else "now"),
        Step(_("结论"), day(concluded) if concluded else None, "done" if concluded else "next"),
    ]
    return steps + [step for panel in panels for step in panel.steps]


def _consulting(head: Any) -> tuple[str, str | None]:
    """What the consultation is called, and its day: by when the panel answers, or when this round of it began."""
    label = _("第%(n)s轮会诊", n=numeral(head.round)) if head.round > 1 else _("会诊")
    if head.panel_due is not None and not (head.concluded_at or head.accepted_at):
        return label, _("%(day)s前", day=day(head.panel_due))
    return label, day(head.reopened_at) if head.reopened_at is not None else None
