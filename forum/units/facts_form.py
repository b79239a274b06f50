"""What is ticked about a village."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from forum.forms import NOT_ON_THE_LIST, WritingForm
from forum.units.models import VillageFacts
from forum.units.village_facts import DISTANCE, INCOME, LAND, POPULATION, WORDS

_UNKNOWN = ("", _l("没有登记"))
_YES_NO = {"yes": True, "no": False}


def _one_of(label: Any, words: Any) -> SelectField:
    return SelectField(label, choices=[_UNKNOWN, *words], invalid_choice_message=NOT_ON_THE_LIST)


class FactsForm(WritingForm):
    """Five facts, each of which may stay open."""

    land = _one_of(_l("地势"), LAND.items())
    is_relocated = _one_of(_l("是不是搬迁新村"), [("yes", _l("是")), ("no", _l("不是"))])
    population = _one_of(_l("人口"), POPULATION.items())
    income = _one_of(_l("村集体一年收入"), INCOME.items())
    distance = _one_of(_l("离镇上多远"), DISTANCE.items())

    @property
    def facts(self) -> dict[str, Any]:
        """What was said, by column; None for what is not known."""
        said = {name: self[name].data or None for name in WORDS}
        return said | {"is_relocated": _YES_NO.get(str(said["is_relocated"]))}

    def show(self, known: VillageFacts | None) -> None:
        """Fill in what is known already."""
        for name in WORDS:
            value = getattr(known, name, None)
            if isinstance(value, bool):
                value = "yes" if value else "no"
            self[name].data = value or ""
