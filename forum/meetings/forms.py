"""What organisers, chairs and note-takers type."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from forum.forms import (
    LineField,
    VersionField,
    WritingForm,
    tick_field,
)
from forum.paging import LARGEST_ID

EIGHTY = _l("太长了，请在 80 字以内。")


class ConfirmForm(WritingForm):
    """A step that needs no words."""


class ReasonForm(WritingForm):
    reason = LineField(
        _l("为什么"), [DataRequired(_l("请写明原因，大家会看到。")), Length(max=300, message=_l("请在 300 字以内。"))]
    )


class LeaveForm(WritingForm):
    reason = LineField(
        _l("为什么来不了"),
        [DataRequired(_l("写一句为什么来不了。")), Length(max=200, message=_l("请在 200 字以内。"))],
        description=_l("只有镇里组织的人看得到。"),
    )


class AttendanceForm(WritingForm):
    """Who came, ticked by hand."""

    came = tick_field(_l("谁来了"))
    walk_ins = tick_field(_l("还有谁来了"))
    version = VersionField()
    seen = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST_ID)]
    )  # when the list was shown, in seconds

    def __init__(self, *args: Any, listed: Sequence[Any], people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.came.choices = [(a.person_id, f"{a.unit_name} · {a.name}") for a in listed]
        self.walk_ins.choices = [(p.id, person_label(p)) for p in people]

    def show(self, listed: Sequence[Any]) -> None:
        """Show those on the list to be ticked, and the rest of the township as those who may have walked in."""
        there = {a.person_id for a in listed}
        ticked = {*(self.came.data or ()), *(self.walk_ins.data or ())}
        self.came.choices = [(a.person_id, f"{a.unit_name} · {a.name}") for a in listed]
        self.walk_ins.choices = [(p.id, person_label(p)) for p in self.people if p.id not in there]
        self.came.data, self.walk_ins.data = sorted(ticked & there), sorted(ticked - there)


class CodeForm(FlaskForm):
    """The six digits from the wall. It writes nothing: what it leads to does."""

    code = LineField(
        _l("会场上的六位数字"),
        [
            DataRequired(_l("请输入墙上的六位数字。")),
            Regexp(r"[0-9]{6}\Z", message=_l("要六位数字，一个不多一个不少。")),
        ],
        filters=(lambda value: unicodedata.normalize("NFKC", value).replace(" ", "") if value else value,),
    )


class HereForm(WritingForm):
    """One button: I am here."""

    proof = HiddenField()


def person_label(person: Any) -> str:
    """A person of the township in a list: village, name, office."""
    if not person.title:
        return f"{person.unit_name} · {person.name}"
    return _("%(unit)s · %(name)s（%(title)s）", unit=person.unit_name, name=person.name, title=person.title)
