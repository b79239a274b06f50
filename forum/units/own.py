"""What this room holds of a person: himself and his offices."""

from flask_babel import lazy_gettext as _l

from forum.belongings import Via, belongs, of_office
from forum.units.models import ActivationSlip, Person, Posting, RosterUpload, Unit

belongs(
    "person",
    _l("我的资料"),
    Person.id,
    Person.name,
    Person.phone,
    Person.language,
    Person.large_type,
    Person.may_be_suggested,
    Person.privacy_version,
    Person.privacy_accepted_at,
    Person.password_changed_at,
    Person.created_at,
)
belongs(
    "postings",
    _l("我的任职"),
    Posting.person_id,
    Unit.name.label("unit"),
    Posting.role,
    Posting.title,
    Posting.since,
    Posting.until,
    via=Via(Posting, ((Unit, Unit.id == Posting.unit_id),)),
)
of_office(ActivationSlip.person_id, ActivationSlip.made_by_id, RosterUpload.person_id)
