"""How to sign in to the invented district: one password for everybody in it."""

from sqlalchemy import select

from forum.extensions import db
from forum.units.actors import in_force
from forum.units.models import Person, Posting, Role, Unit

PASSWORD = "huaishu-2026"  # noqa: S105 of invented people, printed at every start; the ribbon says what it is


def demo_sign_ins() -> list[tuple[str, str]]:
    """One person for each kind of work in the demo district, as (who he is, phone number); empty where there is no demo."""
    people = db.session.execute(
        select(Posting.role, Posting.title, Unit.name.label("unit"), Person.name, Person.phone)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_force(), Person.phone.is_not(None), Unit.district_id.in_(select(Unit.id).where(Unit.is_demo)))
        .order_by(Person.id)
    ).all()
    newest = max((p for p in people if p.role is Role.SECRETARY), key=lambda p: p.phone, default=None)
    shown = {role: next((p for p in people if p.role is role), None) for role in Role}
    return [
        (f"{p.unit} {p.name}（{p.title or p.role.value}）", p.phone)
        for p in dict.fromkeys([*shown.values(), newest])
        if p is not None
    ]
