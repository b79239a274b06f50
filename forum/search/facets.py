"""What results can be narrowed to, with how many there are of each: counted from what the reader may see, never from the index."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, bindparam, literal, null, select, union_all

from forum.clock import local
from forum.extensions import db
from forum.library.models import Experience, ExperienceTag
from forum.library.queries import DATED
from forum.search.asked import CARDS, Asked
from forum.search.documents import Hit
from forum.search.lists import MOST
from forum.tags.queries import tag_lines
from forum.threads.lists import kind_label, tags_of
from forum.threads.models import Thread, ThreadTag
from forum.threads.queries import ANSWERED
from forum.units.models import Unit

SHOWN = 8  # tags


@dataclass(frozen=True)
class Tap:
    """One thing to narrow to: its label, how many results, and their address."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Facet:
    """One way of narrowing with what it has."""

    label: str
    taps: Sequence[Tap]


def facets(asked: Asked, hits: Sequence[Hit]) -> list[Facet]:
    """What these results, which the reader may see, can be narrowed to; one statement. A way that has but one is left out."""
    ids = {
        "threads": [hit.group for hit in hits[:MOST] if hit.kind != CARDS],
        "cards": [hit.group for hit in hits[:MOST] if hit.kind == CARDS],
    }
    rows = db.session.execute(_statement(), ids).all()
    kinds = Counter(row.thread_kind if row.kind != CARDS else CARDS for row in rows)
    towns = Counter((row.township_id, row.township_name) for row in rows if row.township_id)
    years = Counter(local(row.dated).year for row in rows)
    answered = Counter("yes" if row.kind == CARDS or row.answered else "no" for row in rows)
    tags = Counter((tag.code, tag.name) for row in rows for tag in tags_of(row))
    to = partial(asked.url, narrow=False)  # once it was chosen the results are wanted, not the choice
    labels = {"yes": _("有结论或管用的办法"), "no": _("还没有")}
    every = [
        (_("类别"), [Tap(_kind(kind), n, to(kind=_code(kind))) for kind, n in kinds.most_common()]),
        (_("标签"), [Tap(name, n, to(tag=code)) for (code, name), n in tags.most_common(SHOWN)]),
        (_("镇（街道）"), [Tap(name, n, to(township=number)) for (number, name), n in towns.most_common()]),
        (_("哪一年"), [Tap(str(year), years[year], to(year=year)) for year in sorted(years, reverse=True)]),
        (_("有没有答案"), [Tap(labels[key], n, to(answered=key)) for key, n in answered.most_common()]),
    ]
    return [Facet(label, taps) for label, taps in every if len(taps) > 1]


def _kind(kind: Any) -> str:
    return _("经验卡") if kind == CARDS else kind_label(kind)


def _code(kind: Any) -> str:
    return CARDS if kind == CARDS else str(kind.value)


@cache
def _statement() -> CompoundSelect[Any]:
    threads = (
        select(
            literal("thread").label("kind"),
            Thread.kind.label("thread_kind"),
            Thread.township_id,
            Unit.name.label("township_name"),
            Thread.created_at.label("dated"),
            ANSWERED.label("answered"),
            tag_lines(ThreadTag.tag_id, ThreadTag.thread_id == Thread.id, Thread),
        )
        .outerjoin(Unit, Unit.id == Thread.township_id)
        .where(Thread.id.in_(bindparam("threads", expanding=True)))
    )
    cards = (
        select(
            literal(CARDS),
            null(),
            Experience.township_id,
            Unit.name,
            DATED,
            literal(True),
            tag_lines(ExperienceTag.tag_id, ExperienceTag.experience_id == Experience.id, Experience),
        )
        .outerjoin(Unit, Unit.id == Experience.township_id)
        .where(Experience.id.in_(bindparam("cards", expanding=True)))
    )
    return union_all(threads, cards)
