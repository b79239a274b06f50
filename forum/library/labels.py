"""What the steps of a card's life are called."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from forum.library.models import CardDeed
from forum.units.models import Role

# What stands on a card for every reader; the rest concerns those who write it.
TOLD_TO_ALL = frozenset(
    {
        CardDeed.CONFIRMED,
        CardDeed.PUBLISHED,
        CardDeed.CORRECTED,
        CardDeed.PROMOTED,
        CardDeed.UNPROMOTED,
        CardDeed.RETIRED,
        CardDeed.RESTORED,
    }
)


@dataclass(frozen=True)
class StepLine:
    """A step as the card shows it."""

    at: datetime
    text: str
    note: str


def step_line(step: Any) -> StepLine:
    """A row of ``queries.history_of`` in words."""
    who = f"{step.unit_name} {step.name}" if step.unit_name else step.name
    by_proxy = step.deed is CardDeed.CONFIRMED and step.role in (Role.ORGANISER, Role.DISTRICT)
    text = {
        CardDeed.NOMINATED: _("%(who)s报给镇里", who=who),
        CardDeed.CONFIRMED: _("由%(who)s代录确认", who=who) if by_proxy else _("%(who)s确认属实", who=who),
        CardDeed.RETURNED: _("%(who)s退回", who=who),
        CardDeed.PUBLISHED: _("%(who)s发布", who=who),
        CardDeed.CORRECTED: _("%(who)s改过", who=who),
        CardDeed.CONSENTED: _("%(who)s同意公开", who=who),
        CardDeed.PROMOTED: _("%(who)s向全区推广", who=who),
        CardDeed.UNPROMOTED: _("%(who)s不再推广", who=who),
        CardDeed.RETIRED: _("%(who)s停用", who=who),
        CardDeed.RESTORED: _("%(who)s重新启用", who=who),
    }[step.deed]
    return StepLine(step.at, text, step.note)
