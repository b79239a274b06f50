"""What this room holds of a person: cards, words to them, and what his village tried."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, null

from forum.belongings import Via, belongs, of_office
from forum.library.adoptions.models import Adoption, AdoptionRevision
from forum.library.models import CardRevision, CardStep, Experience, ExperienceSource
from forum.library.policies import readable_cards
from forum.library.shelves.models import ShelfCard
from forum.threads.models import Thread
from forum.threads.own import title_of
from forum.units.actors import Actor

_PARTS = ("title", "problem", "practice", "result", "suitable", "caution", "cost")


def _of(model: type[Adoption] | type[CardStep] | type[ShelfCard] | type[CardRevision]) -> Via:
    return Via(model, ((Experience, Experience.id == model.experience_id),))


def title_of_card(actor: Actor) -> ColumnElement[str | None]:
    """The title of a card that the actor may open."""
    return case((readable_cards(actor), Experience.title), else_=null()).label("title")


belongs(
    "cards",
    _l("我写的经验卡"),
    Experience.author_id,
    Experience.created_at,
    *(getattr(Experience, part) for part in _PARTS),
    Experience.state,
)
belongs(
    "card_revisions",
    _l("经验卡改之前是怎么写的"),
    Experience.author_id,
    CardRevision.replaced_at,
    *(getattr(CardRevision, part) for part in _PARTS),
    via=_of(CardRevision),
)
belongs(
    "card_notes",
    _l("我在经验卡上留的话"),
    CardStep.person_id,
    CardStep.at,
    title_of_card,
    CardStep.deed,
    CardStep.note,
    via=_of(CardStep),
)
belongs(
    "card_confirmations",
    _l("我替本村确认的经验卡"),
    Experience.confirmed_by_id,
    Experience.confirmed_at,
    title_of_card,
    Experience.confirmed_note,
)
belongs(
    "cards_retired",
    _l("我停用的经验卡"),
    Experience.retired_by_id,
    Experience.retired_at,
    title_of_card,
    Experience.retired_reason,
)
belongs(
    "card_consents",
    _l("我同意给更多人看的"),
    ExperienceSource.consent_by_id,
    ExperienceSource.consent_at,
    title_of,
    via=Via(ExperienceSource, ((Thread, Thread.id == ExperienceSource.thread_id),)),
)
belongs(
    "adoptions",
    _l("我村借鉴了什么"),
    Adoption.person_id,
    Adoption.created_at,
    title_of_card,
    Adoption.change,
    Adoption.due,
    via=_of(Adoption),
)
belongs(
    "adoption_results",
    _l("借鉴的结果，我怎么说的"),
    Adoption.result_by_id,
    Adoption.result_at,
    title_of_card,
    Adoption.result,
    Adoption.why,
    Adoption.caution,
    via=_of(Adoption),
)
belongs(
    "adoption_results_before",
    _l("借鉴的结果，改之前怎么说的"),
    AdoptionRevision.result_by_id,
    AdoptionRevision.result_at,
    AdoptionRevision.result,
    AdoptionRevision.why,
    AdoptionRevision.caution,
)
belongs(
    "shelved",
    _l("我放进专辑的经验卡"),
    ShelfCard.added_by_id,
    ShelfCard.added_at,
    title_of_card,
    ShelfCard.note,
    via=_of(ShelfCard),
)
of_office(
    Experience.published_by_id,
    Experience.completer_id,
    Experience.promoted_by_id,
    CardRevision.replaced_by_id,
    Adoption.entered_by_id,
)
