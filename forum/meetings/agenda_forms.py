"""What organisers type into an agenda."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from forum.forms import (
    NOT_ON_THE_LIST,
    LineField,
    LongTextField,
    VersionField,
    WritingForm,
    between,
    choice_field,
    tick_field,
)
from forum.markup import MAX_TYPED
from forum.meetings.agenda import LONGEST_AGENDA, Line
from forum.meetings.labels import kind_label
from forum.meetings.models import AgendaItem, AgendaKind
from forum.paging import LARGEST_ID
from forum.threads.models import TITLE_LENGTH

EIGHTY = _l("太长了，请在 80 字以内。")
FORTY = _l("请在 40 字以内。")
NO_ADDRESS = _l("这不像一个网址，请整个粘贴过来，比如 https://www.example.cn/ke.html。")
LONGEST_ADDRESS = 500
MOST_MINUTES = 600


class ItemForm(WritingForm):
    """A line of the agenda.

    Who presents is typed, by name or village; who is meant is found among those in office, and asked where it could be several.
    """

    kind = SelectField(_l("这一项是"), coerce=AgendaKind, invalid_value_message=NOT_ON_THE_LIST)
    thread = choice_field(_l("连着哪个帖子"), default=0)
    title = LineField(
        _l("题目"), [Length(max=TITLE_LENGTH, message=EIGHTY)], description=_l("选了帖子的，不填就用帖子的标题。")
    )
    who = LineField(
        _l("谁来讲"),
        [Length(max=40, message=FORTY)],
        description=_l("写姓名或村名就能找到。连着专家授课的，不填就是那位专家。"),
    )
    person = RadioField(_l("是哪一位"), coerce=int, validate_choice=False, invalid_value_message=NOT_ON_THE_LIST)
    presenter_from = LineField(
        _l("外面请来的，是哪个单位的"),
        [Length(max=40, message=FORTY)],
        description=_l("论坛里的人不用填。"),
    )
    minutes_planned = IntegerField(
        _l("多少分钟"),
        [Optional(), between(1, MOST_MINUTES, _l("请填 1 到 600 分钟。"))],
        invalid_value_message=_l("分钟请填数字。"),
    )
    sitting = choice_field(_l("在哪个会场讲"), default=0)
    material = LineField(
        _l("材料"),
        [Length(max=LONGEST_ADDRESS, message=_l("网址太长了，请在 500 字以内。"))],
        description=_l("粘贴一个网址；论坛里的照片、帖子，把它的链接粘过来就行。"),
    )
    version = VersionField()

    def __init__(
        self,
        *args: Any,
        threads: Sequence[Any],
        places: Sequence[Any],
        people: Sequence[Any] = (),
        narrowed: AgendaItem | None = None,
        **kwargs: Any,
    ) -> None:
        """``people`` are rows of ``people_to_present`` for what was typed; ``narrowed`` is the line as it stands when its thread or card
        is not for everybody in the district."""
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, kind_label(kind)) for kind in AgendaKind]
        self.thread.choices = [(0, _l("不连帖子")), *((t.id, thread_label(t)) for t in threads)]
        self.titles = {t.id: t.title for t in threads}
        self.narrowed = narrowed
        self.card_id: int | None = None
        self.people = people
        self.person.choices = [(p.posting_id, f"{p.unit_name} · {p.name}") for p in people if p.is_running]
        if len(places) > 1:
            self.sitting.choices = [(0, _l("每个会场都讲")), *((p.id, p.name or p.place) for p in places)]
        else:
            del self.sitting
        if not self.is_submitted():
            self.version.data = 0

    def show(self, item: AgendaItem, presenter: str) -> None:
        """Fill in what stands; ``presenter`` is how somebody of the forum is called."""
        self.kind.data, self.title.data, self.minutes_planned.data = item.kind, item.title, item.minutes_planned
        self.thread.data, self.material.data, self.version.data = item.thread_id or 0, item.material, item.version
        self.who.data = presenter if item.presenter_posting_id else item.presenter
        self.person.data, self.presenter_from.data = item.presenter_posting_id, item.presenter_from
        if "sitting" in self:
            self.sitting.data = item.sitting_id or 0

    def validate_title(self, field: LineField) -> None:
        needs = not self.thread.data and self.card_id is None and self.kind.data is not AgendaKind.REVIEW
        if not field.data and needs:
            raise ValidationError(_l("请写题目，或者选一个帖子。"))
        # Once the link is gone, nothing keeps the title of a narrowed thread from readers elsewhere.
        old = self.narrowed
        if old is None or (field.data or "") != old.title:
            return
        if (self.thread.data or None, self.card_id) != (old.thread_id, old.experience_id):
            raise ValidationError(_l("原来连着的帖子不是全区都能看的，换帖子要换个题目，免得别人看到。"))

    def validate_who(self, field: LineField) -> None:
        if not field.data or self.presenter_from.data or self._found():
            return
        if len(self.person.choices) > 1:
            self.person.errors = [_("对得上的有几位，请点一下是哪一位。")]
            raise ValidationError(_l("“%(who)s”对得上几位，请在下面点一下是哪一位。", who=field.data))
        left = [p for p in self.people if not p.is_running]
        if left:
            raise ValidationError(_l("%(who)s已经不在任了，请换一位。", who=f"{left[0].unit_name} {left[0].name}"))
        raise ValidationError(
            _l("没找到在任的“%(who)s”。写错了请改一改；外面请来的，请把他的单位也写上。", who=field.data)
        )

    def validate_material(self, field: LineField) -> None:
        if field.data:
            field.data = address_of(field.data)

    def line(self) -> Line:
        """What was typed, once it is valid."""
        fallback = self.titles.get(self.thread.data) or kind_label(self.kind.data)
        found = self._found()
        return Line(
            kind=self.kind.data,
            title=self.title.data or fallback,
            minutes_planned=self.minutes_planned.data,
            presenter="" if found else self.who.data or "",
            presenter_from=(self.presenter_from.data or "") if self.who.data and not found else "",
            presenter_posting_id=found,
            sitting_id=(self.sitting.data or None) if "sitting" in self else None,
            thread_id=self.thread.data or None,
            experience_id=None if self.thread.data else self.card_id,
            material=self.material.data or "",
        )

    def _found(self) -> int | None:
        """The posting meant: chosen, the only one that fits, or the only one of exactly this name."""
        running = [p for p in self.people if p.is_running]
        if not self.who.data or self.presenter_from.data:
            return None
        if self.person.data in {p.posting_id for p in running}:
            return int(self.person.data)
        exact = [p for p in running if self.who.data in (p.name, f"{p.unit_name} {p.name}", f"{p.unit_name}{p.name}")]
        for fits in (running, exact):
            if len(fits) == 1:
                return int(fits[0].posting_id)
        return None


def address_of(typed: str) -> str:
    """An address as it is kept: of this forum only the path. Raises ValidationError for what leads nowhere."""
    is_path = typed.startswith("/")
    whole = typed if "://" in typed or is_path else f"https://{typed}"
    try:
        parts = urlsplit(whole)
    except ValueError:
        raise ValidationError(NO_ADDRESS) from None
    if any(c.isspace() for c in typed) or "@" in parts.netloc:
        raise ValidationError(NO_ADDRESS)
    if is_path or parts.netloc == request.host:
        path = typed if is_path else whole.partition("://")[2].removeprefix(parts.netloc)
        if path.startswith(("//", "/\\")):  # browsers take it for another host
            raise ValidationError(NO_ADDRESS)
        return path or "/"
    if parts.scheme not in ("http", "https") or "." not in parts.netloc:
        raise ValidationError(NO_ADDRESS)
    return parts.geturl()


class OrderForm(WritingForm):
    """The lines in the order in which they stand on the page, each with its minutes; a button says which goes one up or down."""

    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: list[tuple[int, str]] = []
        self.wrong: dict[int, str] = {}
        self.moved: int | None = None
        if self.is_submitted():
            self._read()

    def _read(self) -> None:
        idents = [int(sent) for sent in request.form.getlist("item") if sent.isascii() and sent.isdigit()]
        idents = [ident for ident in dict.fromkeys(idents) if ident <= LARGEST_ID][: 2 * LONGEST_AGENDA]
        step, _dash, which = request.form.get("move", "").partition("-")
        if which.isascii() and which.isdigit() and int(which) in idents and step in ("up", "down"):
            self.moved = int(which)
            place = idents.index(self.moved)
            idents.insert(max(place - 1, 0) if step == "up" else place + 1, idents.pop(place))
        self.typed = [(ident, request.form.get(f"minutes_{ident}", "").strip()[:10]) for ident in idents]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: minutes are whole numbers."""
        for ident, text in self.typed:
            if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_MINUTES):
                self.wrong[ident] = _("请填 1 到 600 分钟。")
        if self.wrong:
            self.form_errors = [_("有的分钟数没看懂，请填 1 到 600。")]
        return super().validate(extra_validators) and not self.wrong

    def order(self) -> list[tuple[int, int | None]]:
        """What was sent, once it is valid."""
        return [(ident, int(text) if text else None) for ident, text in self.typed]


class PublishForm(WritingForm):
    """Publish what was seen: the version of the meeting is sent along."""

    version = VersionField()


class PickForm(WritingForm):
    """Threads and cards to put onto the agenda."""

    threads = tick_field(_l("把哪些放进议程"))
    cards = tick_field(_l("请哪个村讲讲它的经验"))

    def __init__(self, *args: Any, threads: Sequence[Any], cards: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.threads.choices = [(t.id, t.title) for t in threads]
        self.cards.choices = [(c.id, c.title) for c in cards]

    def validate_threads(self, field: Field) -> None:
        if not field.data and not self.cards.data:
            raise ValidationError(_l("请先选几个帖子。"))


class TalkForm(WritingForm):
    """A topic in which a line of the agenda is talked over beforehand."""

    title = LineField(_l("标题"), [DataRequired(_l("请写标题。")), Length(max=TITLE_LENGTH, message=EIGHTY)])
    body = LongTextField(
        _l("想请大家议什么"),
        [
            DataRequired(_l("先写几句，说说要议什么。")),
            Length(max=MAX_TYPED, message=_l("太长了，请在两万字以内；可以分成几条发。")),
        ],
    )


def thread_label(thread: Any) -> Any:
    """A thread in a list to choose from."""
    return _("%(title)s（%(unit)s）", title=thread.title, unit=thread.unit_name)
