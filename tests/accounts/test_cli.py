"""The slip that the command line prints."""

import re

import pytest
from flask import Flask

from forum.clock import utcnow
from forum.extensions import db
from forum.units.models import Person
from forum.units.slips import find_slip
from tests.accounts.conftest import phone_of
from tests.factories import World


def run(app: Flask, phone: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["accounts", "slip", phone])
    return result.exit_code, result.output


def test_a_slip_for_a_number(app: Flask, world: World) -> None:
    status, output = run(app, phone_of(world.district_staff))
    assert status == 0
    assert "姓名：区文静" in output
    code = re.search(r"激活码：(\S+)", output)
    assert code
    slip = find_slip(code[1])
    assert slip is not None
    assert slip.person_id == world.district_staff.id
    assert f"网址：http://127.0.0.1:8000/activate/{code[1]}" in output


@pytest.mark.parametrize(("phone", "message"), [("19900009999", "没有人用这个手机号"), ("123", "手机号不是 11 位")])
def test_an_unknown_number(app: Flask, world: World, phone: str, message: str) -> None:
    status, output = run(app, phone)
    assert status == 1
    assert message in output


def test_a_disabled_person_gets_none(app: Flask, world: World) -> None:
    phone = phone_of(world.district_staff)
    db.session.get_one(Person, world.district_staff.id).disabled_at = utcnow()
    db.session.commit()
    status, output = run(app, phone)
    assert status == 1
    assert "账号已经停用" in output
