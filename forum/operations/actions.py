"""Founding a forum: the first district and the one person who can let others in."""

from forum.audit.actions import record
from forum.clock import today
from forum.extensions import db
from forum.tags.actions import load_taxonomy
from forum.units.models import ActivationSlip, Person, Posting, Role, Unit, UnitKind
from forum.units.slips import make_slip


def found_district(name: str, admin_name: str, phone: str) -> tuple[str, ActivationSlip]:
    """Make a district with the shipped tags and its first system administrator; his slip's code and row. The caller commits."""
    district = Unit(kind=UnitKind.DISTRICT, name=name)
    admin = Person(name=admin_name, phone=phone)
    db.session.add_all([district, admin])
    db.session.flush()
    district.district_id = district.id
    db.session.add(Posting(person_id=admin.id, unit_id=district.id, role=Role.ADMIN, title="系统管理员", since=today()))
    db.session.flush()
    load_taxonomy()
    record(None, "district.found", "unit", district.id, district_id=district.id)
    return make_slip(None, admin)
