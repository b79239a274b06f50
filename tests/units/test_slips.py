"""Activation slips: once, for three days, one at a time."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from forum.audit.models import AuditEntry
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import ActivationSlip, Person
from forum.units.slips import find_slip, make_slip, slip_url, use_slip
from tests.factories import World


def slip_for(maker: Actor | None, of: Actor) -> str:
    person = db.session.get(Person, of.id)
    assert person is not None
    code, _slip = make_slip(maker, person)
    db.session.commit()
    return code


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code,
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f" {code}\n",
        lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),  # full width, as a Chinese keyboard types it
    ],
)
def test_a_code_is_found_however_it_is_typed(world: World, typed: Callable[[str], str]) -> None:
    slip = find_slip(typed(slip_for(world.organiser, world.secretary)))
    assert slip is not None
    assert slip.person_id == world.secretary.id


@pytest.mark.parametrize("code", ["", "-", "AAAA-AAAA-AAAA", "\0", "村" * 5000])
def test_an_unknown_code_finds_nothing(world: World, code: str) -> None:
    slip_for(world.organiser, world.secretary)
    assert find_slip(code) is None


def test_codes_are_easily_read_and_never_stored(world: World) -> None:
    codes = {slip_for(world.organiser, world.secretary) for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    kept = str(db.session.execute(text("SELECT * FROM activation_slip, audit_entry")).all())
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


@pytest.mark.parametrize(("hours", "valid"), [(71.99, True), (72.01, False)])
def test_a_slip_lasts_three_days(world: World, hours: float, valid: bool) -> None:
    code = slip_for(world.organiser, world.secretary)
    with time_machine.travel(utcnow() + timedelta(hours=hours)):
        assert (find_slip(code) is not None) is valid


def test_a_slip_is_spent_once(world: World) -> None:
    code = slip_for(world.organiser, world.secretary)
    slip = find_slip(code)
    assert slip is not None
    assert [use_slip(slip), use_slip(slip)] == [True, False]
    db.session.commit()
    assert find_slip(code) is None


def test_a_new_slip_voids_the_older_ones_of_that_person_only(world: World) -> None:
    first, other = slip_for(world.organiser, world.secretary), slip_for(world.organiser, world.deputy)
    second = slip_for(world.organiser, world.secretary)
    assert [find_slip(code) is not None for code in (first, other, second)] == [False, True, True]


def test_a_disabled_persons_slip_is_worth_nothing(world: World) -> None:
    code = slip_for(world.organiser, world.secretary)
    db.session.get_one(Person, world.secretary.id).disabled_at = utcnow()
    db.session.commit()
    assert find_slip(code) is None


def test_the_address_lies_under_the_public_one(world: World) -> None:
    assert slip_url("ABCD-EFGH-JKLM") == "http://127.0.0.1:8000/activate/ABCD-EFGH-JKLM"


@pytest.mark.parametrize("by_organiser", [True, False])
def test_making_a_slip_is_on_record_in_the_persons_township(world: World, by_organiser: bool) -> None:
    slip_for(world.organiser if by_organiser else None, world.secretary)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_kind, entry.subject_id) == ("slip.make", "person", world.secretary.id)
    assert entry.township_id == world.town.id
    assert entry.actor_id == (world.organiser.id if by_organiser else None)
    assert db.session.scalars(select(ActivationSlip.made_by_id)).one() == entry.actor_id
