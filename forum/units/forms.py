"""What is typed about people and units."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, Field, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from forum.clock import today
from forum.forms import LineField, WritingForm
from forum.once import digest_of
from forum.paging import LARGEST_ID
from forum.units.dates import EARLIEST_YEAR
from forum.units.labels import KIND_LABELS, ROLE_LABELS
from forum.units.models import Role, UnitKind
from forum.units.phones import parse_phone
from forum.units.roster_file import RosterRow

LATEST_LEAVE_DAYS = 366
_DATE = _l("请选一个日期，例如 2026-03-01。")


# Where each role is held.
KINDS_OF = {
    Role.SECRETARY: (UnitKind.VILLAGE,),
    Role.DEPUTY: (UnitKind.VILLAGE,),
    Role.EXPERT: (UnitKind.BUREAU, UnitKind.DISTRICT, UnitKind.TOWNSHIP, UnitKind.VILLAGE),
    Role.ORGANISER: (UnitKind.TOWNSHIP,),
    Role.DISTRICT: (UnitKind.DISTRICT,),
}


class RosterForm(WritingForm):
    """A roster file."""

    file = FileField(_l("名册文件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = self.file.data.read() if self.file.data else b""

    def validate_file(self, field: FileField) -> None:
        """Say what is missing; what is wrong with a file, its reader says."""
        if not field.data:
            raise ValidationError(_l("请选一个文件。"))

    @property
    def filename(self) -> str:
        return (self.file.data.filename if self.file.data else None) or ""

    def digest(self) -> str:
        """Another file under the same token is another deed."""
        return digest_of([("form", super().digest()), ("file", sha256(self.content).hexdigest())])


class ApplyForm(WritingForm):
    """Carry out the plan that was shown; ``seen`` is its digest."""

    seen = StringField(widget=HiddenInput())


class IdsField(Field):
    """The ids of ticked boxes of one name; what is no id is passed over."""

    data: list[int]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent, each once."""
        ids = [int(text) for text in valuelist if text.isascii() and text.isdigit() and len(text) < 11]
        self.data = list(dict.fromkeys(one for one in ids if one <= LARGEST_ID))


class SlipsForm(WritingForm):
    """Whose slips to print: those ticked, or all who have not set a password yet."""

    person = IdsField(default=list)
    which = StringField()
    township = StringField()


class EndForm(WritingForm):
    """When somebody leaves his office."""

    leaves_on = DateField(_l("从哪天起不再任职"), [DataRequired(_DATE)], render_kw={"required": True})

    def __init__(self, *args: Any, since: Any, **kwargs: Any) -> None:
        self.since = since
        super().__init__(*args, **kwargs)

    def validate_leaves_on(self, field: DateField) -> None:
        """The last day must not lie before the first, nor in a far future."""
        if field.data <= self.since:
            earliest = (self.since + timedelta(days=1)).isoformat()
            raise ValidationError(_l("他是%(since)s上任的，最早填%(earliest)s。", since=self.since, earliest=earliest))
        if field.data > today() + timedelta(days=LATEST_LEAVE_DAYS):
            raise ValidationError(_l("日期太远了，请核对年份。"))


class OfficeForm(WritingForm):
    """Somebody's office, by hand."""

    name = LineField(
        _l("姓名"), [DataRequired(_l("请写姓名。")), Length(max=40, message=_l("姓名太长了，请在 40 字以内。"))]
    )
    phone = LineField(_l("手机号"), [DataRequired(_l("请写手机号，凭它登录。"))])
    unit = SelectField(_l("在哪里任职"), [InputRequired(_l("请选一个单位。"))], coerce=int)
    role = SelectField(_l("在论坛里的身份"), [InputRequired(_l("请选一个身份。"))])
    title = LineField(_l("职务"), [Length(max=40, message=_l("职务太长了，请在 40 字以内。"))])
    since = DateField(_l("任职时间"), [DataRequired(_DATE)])

    def __init__(self, *args: Any, places: Sequence[Any], roles: Collection[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.id: place for place in places}
        # Nobody is to get an office because a field was passed over.
        self.unit.choices = {"": [(0, _l("请选一个"))], **_by_township(places)}
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in Role if role in roles]

    def validate_name(self, field: Field) -> None:
        """A name is one line of words."""
        if any(character.isdigit() for character in field.data):
            raise ValidationError(_l("这不像姓名，请核对。"))
        field.data = " ".join(field.data.split()) if field.data.isascii() else "".join(field.data.split())

    def validate_phone(self, field: Field) -> None:
        """Keep the eleven digits."""
        try:
            field.data = parse_phone(field.data)
        except ValueError as error:
            raise ValidationError(error.args[0]) from None

    def validate_unit(self, field: Field) -> None:
        """The first choice is none."""
        if not field.data:
            raise ValidationError(_l("请选一个单位。"))

    def validate_role(self, field: Field) -> None:
        """A secretary leads a village, an organiser a township."""
        place = self.places.get(self.unit.data)
        kinds = next((kinds for role, kinds in KINDS_OF.items() if role.value == field.data), ())
        if place and kinds and place.kind not in kinds:
            raise ValidationError(_l("“%(unit)s”没有这个身份，请核对。", unit=place.name))

    def validate_since(self, field: DateField) -> None:
        """Offices begin in living memory, and not ahead."""
        if field.data > today():
            raise ValidationError(_l("任职时间还没有到，请核对。"))
        if field.data.year < EARLIEST_YEAR:
            raise ValidationError(_l("任职时间太早，请核对年份。"))

    def row(self) -> RosterRow:
        """The same as a roster would say it."""
        place = self.places[self.unit.data]
        return RosterRow(
            line=1,
            township=place.township_name or "",
            area="",
            village=place.name if place.kind in (UnitKind.VILLAGE, UnitKind.BUREAU) else "",
            name=self.name.data or "",
            phone=self.phone.data,
            title=self.title.data or "",
            role=self.role.data,
            since=self.since.data,
        )


class UnitForm(WritingForm):
    """A unit's kind, name and place."""

    kind = SelectField(_l("种类"))
    name = LineField(
        _l("名称"), [DataRequired(_l("请写名称。")), Length(max=60, message=_l("名称太长了，请在 60 字以内。"))]
    )
    area = SelectField(_l("所在管区"), coerce=int)

    def __init__(self, *args: Any, kinds: list[UnitKind], areas: list[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, KIND_LABELS[kind]) for kind in kinds]
        self.area.choices = areas
        for field, choices in ((self.kind, kinds), (self.area, areas)):
            if not choices:
                field.validators, field.validate_choice, field.data = [], False, None

    def validate_name(self, field: Field) -> None:
        """A name has no blanks: the roster finds units by it."""
        field.data = "".join(field.data.split())


class StepForm(WritingForm):
    """One button."""


def _by_township(places: Sequence[Any]) -> dict[Any, list[tuple[int, str]]]:
    """Choices grouped under their township."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for place in places:
        groups.setdefault(place.township_name or _l("区里"), []).append((place.id, place.name))
    return groups
