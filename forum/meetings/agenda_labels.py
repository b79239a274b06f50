"""What changed and what to mind, in plain words."""

from collections.abc import Callable, Collection, Iterable, Sequence

from flask_babel import gettext as _

from forum.meetings.agenda_hints import Hints
from forum.meetings.agenda_lines import source_of
from forum.meetings.labels import hour, kind_label, when
from forum.meetings.programme import Aspect, Change, Entry, Place

Sources = Collection[tuple[str, int]]


def change_words(changes: Iterable[Change], readable: Sources, places: Sequence[Place]) -> list[str]:
    """A sentence for each change, each once; of a line whose thread or card is not among ``readable`` only that there is one."""
    return list(dict.fromkeys(_sentence(change, readable, {p.id: p.label for p in places}) for change in changes))


def name_of(entry: Entry, readable: Sources) -> str:
    """What a line is called in a sentence."""
    if (source_of(entry) or ("", 0)) not in {*readable, ("", 0)}:
        return _("“%(kind)s”一项（内容只给相关的人看）", kind=kind_label(entry.kind))
    return _("《%(title)s》", title=entry.title)


def _sentence(change: Change, readable: Sources, places: dict[int, str]) -> str:
    if change.now is None and change.was is None:
        return _of_the_head(change, len(places) > 1)
    closed = [e for e in (change.was, change.now) if e and source_of(e) and source_of(e) not in readable]
    was = name_of(change.was, readable) if change.was else ""
    now = name_of(change.now, readable) if change.now else ""
    if change.aspect is Aspect.GONE:
        return _("去掉：%(line)s", line=was)
    if change.aspect is Aspect.ADDED:
        return (
            _("新增：%(line)s", line=now)
            if closed
            else _("新增：%(line)s%(about)s", line=now, about=_about(change.now))
        )
    if change.aspect is Aspect.MOVED:
        return _("%(line)s移到第 %(position)s 项", line=now, position=change.position)
    if closed:
        return _("%(line)s有改动", line=now if change.now in closed else was)
    return _of_a_line(change, was, now, places)


def _about(entry: Entry | None) -> str:
    if entry is None:
        return ""
    parts = [kind_label(entry.kind), entry.presenter]
    parts.append(_("%(minutes)s 分钟", minutes=entry.minutes) if entry.minutes else "")
    return _("（%(what)s）", what=_("，").join(part for part in parts if part and part != entry.title))


def _of_a_line(change: Change, was: str, now: str, places: dict[int, str]) -> str:
    entry = change.now
    assert entry is not None
    words: dict[Aspect, Callable[[], str]] = {
        Aspect.TITLE: lambda: _("%(old)s改叫%(line)s", old=was, line=now),
        Aspect.KIND: lambda: _("%(line)s改为“%(kind)s”", line=now, kind=kind_label(entry.kind)),
        Aspect.PRESENTER: lambda: (
            _("%(line)s改由%(who)s讲", line=now, who=entry.presenter)
            if entry.presenter
            else _("%(line)s谁讲还没定", line=now)
        ),
        Aspect.MINUTES: lambda: (
            _("%(line)s改为 %(minutes)s 分钟", line=now, minutes=entry.minutes)
            if entry.minutes
            else _("%(line)s讲多久还没定", line=now)
        ),
        Aspect.SITTING: lambda: (
            _("%(line)s改在%(place)s讲", line=now, place=places.get(entry.sitting_id, ""))
            if entry.sitting_id
            else _("%(line)s改为每个会场都讲", line=now)
        ),
        Aspect.SOURCE: lambda: _("%(line)s连的帖子换了", line=now),
        Aspect.MATERIAL: lambda: (
            _("%(line)s的材料换了", line=now) if entry.material else _("%(line)s去掉了材料", line=now)
        ),
    }
    return words[change.aspect]()


def _of_the_head(change: Change, has_several: bool) -> str:
    old, new = change.old_place, change.new_place
    if change.aspect is Aspect.THEME:
        return _("主题改为“%(theme)s”", theme=change.theme)
    if change.aspect is Aspect.SITTING_GONE and old:
        return _("取消分会场：%(place)s", place=old.label)
    assert new is not None
    hours = when(new.starts_at, new.ends_at)
    if change.aspect is Aspect.SITTING_ADDED:
        return _("新增分会场：%(place)s，%(when)s", place=new.label, when=hours)
    if change.aspect is Aspect.PLACE:
        if new.name:
            return _("%(sitting)s的地点改为%(place)s", sitting=new.name, place=new.place)
        return _("地点改为%(place)s", place=new.place)
    if has_several:
        return _("%(place)s的时间改为%(when)s", place=new.label, when=hours)
    return _("时间改为%(when)s", when=hours)


def hint_words(hints: Hints, readable: Sources) -> list[str]:
    """A sentence for each thing to mind; the villages that have not presented stand apart."""
    return [
        *(
            _(
                "%(place)s排多了 %(minutes)s 分钟，%(ends)s 结束不了。",
                place=o.place.label,
                minutes=o.minutes,
                ends=hour(o.place.ends_at),
            )
            if o.place.name
            else _("排多了 %(minutes)s 分钟，%(ends)s 结束不了。", minutes=o.minutes, ends=hour(o.place.ends_at))
            for o in hints.over
            if o.place.ends_at
        ),
        *(
            _("%(who)s要同时在两个会场讲：%(titles)s。", who=presenter, titles=_("、").join(titles))
            for presenter, titles in _at_once(hints, readable).items()
        ),
        *(
            _(
                "%(who)s那个时候还要去%(township)s的论坛讲（%(when)s）。",
                who=f"{row.unit_name} {row.name}",
                township=row.township_name,
                when=when(row.starts_at, None),
            )
            for row in hints.elsewhere
        ),
        *(_("%(who)s已经不在任了，请换一位。", who=f"{row.unit_name} {row.name}") for row in hints.left),
    ]


def _at_once(hints: Hints, readable: Sources) -> dict[str, list[str]]:
    """What each presenter would have to present in two places at once, each line once."""
    found: dict[str, list[str]] = {}
    for entry in (entry for pair in hints.twice for entry in pair):
        titles = found.setdefault(entry.presenter, [])
        if (title := name_of(entry, readable)) not in titles:
            titles.append(title)
    return found
