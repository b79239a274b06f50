"""What organisers type of experts and lectures, and the three questions to those who were there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, TimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forum.clock import from_local, local, today
from forum.forms import (
    NOT_ON_THE_LIST,
    LineField,
    LongTextField,
    VersionField,
    WritingForm,
    between,
    choice_field,
)
from forum.learning.lectures.actions import Plan, Profile
from forum.learning.lectures.labels import manner_label, who
from forum.learning.lectures.models import (
    ABOUT_LENGTH,
    CONTACT_LENGTH,
    LINK_LENGTH,
    MOST_HEADS,
    NAME_LENGTH,
    PLACE_LENGTH,
    WISH_LENGTH,
    Expert,
    Lecture,
    Manner,
)
from forum.learning.lectures.voices import Degree, Voice
from forum.screening.forms import OnHold, ScreenedForm
from forum.tags.forms import TagsField
from forum.threads.models import TITLE_LENGTH

LONGEST_BRIEF = 2000
FARTHEST_DAYS = 730
TOO_LONG = _l("太长了，请在 %(max)d 字以内。")
NO_ADDRESS = _l("这不像一个网址，请整个粘贴过来，比如 https://www.example.cn/ke.html。")


def at_most(length: int) -> Length:
    return Length(max=length, message=TOO_LONG)


class ExpertForm(WritingForm):
    """An expert of the forum, or from outside: then his name and where he is from are typed."""

    person = choice_field(_l("论坛里的专家"), default=0)
    name = LineField(_l("姓名"), [at_most(NAME_LENGTH)], description=_l("上面选了人的，不用填。"))
    workplace = LineField(_l("哪个单位、哪所学校"), [at_most(NAME_LENGTH)], description=_l("上面选了人的，不用填。"))
    tags = TagsField()
    about = LongTextField(_l("擅长什么，讲过什么"), [at_most(ABOUT_LENGTH)])
    contact = LineField(_l("怎么联系"), [at_most(CONTACT_LENGTH)], description=_l("只有各镇组织员和区里看得到。"))
    version = VersionField(default=0)

    def __init__(self, *args: Any, people: Sequence[Any], tags: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.id: person for person in people}
        self.person.choices = [(0, _l("外面请来的"))] + [(p.id, f"{p.unit_name} · {p.name}") for p in people]
        self.tags.choices = tags

    def show(self, expert: Expert, tag_ids: Sequence[int]) -> None:
        """Fill in what stands."""
        self.person.data = expert.person_id or 0
        self.name.data, self.workplace.data = expert.name, expert.workplace
        self.about.data, self.contact.data = expert.about, expert.contact
        self.tags.data, self.version.data = list(tag_ids), expert.version

    def validate_name(self, field: LineField) -> None:
        if not field.data and not self.person.data:
            raise ValidationError(_l("请写姓名，或者在上面选一位。"))

    def validate_workplace(self, field: LineField) -> None:
        if not field.data and not self.person.data:
            raise ValidationError(_l("请写是哪个单位、哪所学校的。"))

    def profile(self) -> Profile:
        """What was typed, once it is valid; of somebody of the forum his name and unit are known."""
        person = self.people.get(self.person.data)
        return Profile(
            name=str(self.name.data or (person.name if person else "")),
            workplace=str(self.workplace.data or (person.unit_name[:NAME_LENGTH] if person else "")),
            about=str(self.about.data or ""),
            contact=str(self.contact.data or ""),
            person_id=self.person.data or None,
            tag_ids=list(self.tags.data or ()),
        )


class LectureForm(WritingForm):
    """A lecture: who, how, when, where."""

    title = LineField(_l("讲什么"), [DataRequired(_l("请写一句讲什么。")), at_most(TITLE_LENGTH)])
    expert = choice_field(_l("请谁讲"), validators=[DataRequired(_l("请选一位专家。"))])
    manner = RadioField(
        _l("怎么讲"),
        coerce=Manner,
        choices=[(manner.value, manner.value) for manner in Manner],
        validators=[InputRequired(_l("请选怎么讲。"))],
        validate_choice=False,
        invalid_value_message=NOT_ON_THE_LIST,
    )
    day = DateField(
        _l("哪天讲"),
        [InputRequired(_l("请选日期。"))],
        invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
    )
    starts = TimeField(
        _l("几点开始"),
        [InputRequired(_l("请填几点开始。"))],
        invalid_value_message=_l("时间没看懂，请写成 09:00 这样。"),
    )
    place = LineField(_l("在哪里"), [at_most(PLACE_LENGTH)])
    link = LineField(_l("网上听的网址"), [at_most(LINK_LENGTH)], description=_l("线上讲的，粘贴网址。"))
    brief = LongTextField(
        _l("想听什么、带什么来问"),
        [at_most(LONGEST_BRIEF)],
        description=_l("课件、照片在帖子里发，大家先问的也写在那里。"),
    )
    tags = TagsField()
    heads = IntegerField(
        _l("来了多少人"),
        [Optional(), between(0, MOST_HEADS, _l("人数请填 0 到 5000。"))],
        invalid_value_message=_l("人数请填数字。"),
        description=_l("讲完再填。"),
    )
    version = VersionField(default=0)

    def __init__(self, *args: Any, experts: Sequence[Any], tags: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expert.choices = [(0, _l("请选"))] + [(e.id, who(e.name, e.workplace)) for e in experts]
        self.manner.choices = [(manner.value, manner_label(manner)) for manner in Manner]
        self.tags.choices = tags

    def show(self, lecture: Lecture, tag_ids: Sequence[int]) -> None:
        """Fill in what stands."""
        at = local(lecture.starts_at)
        self.title.data, self.expert.data, self.manner.data = lecture.title, lecture.expert_id, lecture.manner
        self.day.data, self.starts.data = at.date(), at.time()
        self.place.data, self.link.data, self.brief.data = lecture.place, lecture.link, lecture.brief
        self.heads.data, self.tags.data, self.version.data = lecture.heads, list(tag_ids), lecture.version

    def validate_day(self, field: DateField) -> None:
        if field.data is not None and abs((field.data - today()).days) > FARTHEST_DAYS:
            raise ValidationError(_l("日期离今天太远了，请看看年份对不对。"))

    def validate_place(self, field: LineField) -> None:
        if not field.data and not self.link.data:
            raise ValidationError(_l("请写在哪里讲；线上讲的，在下面写网址。"))

    def validate_link(self, field: LineField) -> None:
        if field.data and not _is_address(field.data):
            raise ValidationError(NO_ADDRESS)

    def plan(self, expert: Expert) -> Plan:
        """What was typed, once it is valid."""
        return Plan(
            title=str(self.title.data),
            expert=expert,
            manner=self.manner.data,
            starts_at=from_local(datetime.combine(self.day.data, self.starts.data)),
            place=str(self.place.data or ""),
            link=str(self.link.data or ""),
            brief=str(self.brief.data or ""),
            heads=self.heads.data,
            tag_ids=list(self.tags.data or ()),
        )


def _is_address(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and " " not in typed


def _degrees(yes: Any, partly: Any, no: Any) -> list[tuple[str, Any]]:
    return [(Degree.YES.value, yes), (Degree.PARTLY.value, partly), (Degree.NO.value, no)]


class VoiceForm(ScreenedForm):
    """The three questions. It has no one-time token: with it a digest of the answer would be kept beside the name.

    A wish is read by those who look after what is written, so a word for which they would look first passes.
    """

    looked_at = ("wish",)
    on_hold = OnHold.PASSES
    once_token = None
    was_there = BooleanField(_l("我去听了"), [DataRequired(_l("只问去听了的人。去了的，请点一下这里。"))])
    understood = RadioField(
        _l("听懂了吗"),
        coerce=Degree,
        choices=_degrees(_l("听懂了"), _l("懂一部分"), _l("没听懂")),
        validators=[InputRequired(_l("请选一个。"))],
        invalid_value_message=NOT_ON_THE_LIST,
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    useful = RadioField(
        _l("用得上吗"),
        coerce=Degree,
        choices=_degrees(_l("用得上"), _l("要再看看"), _l("用不上")),
        validators=[InputRequired(_l("请选一个。"))],
        invalid_value_message=NOT_ON_THE_LIST,
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    wish = LineField(_l("还想听什么"), [at_most(WISH_LENGTH)], description=_l("不写名字，只有组织的人看得到。"))

    def refresh_token(self) -> None:
        """There is none."""

    def voice(self) -> Voice:
        """What was said, once it is valid."""
        return Voice(self.understood.data, self.useful.data, str(self.wish.data or ""))
