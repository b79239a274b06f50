"""``flask init``: a real district on an empty database."""

import re

import flask_migrate
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from config import load
from forum import create_app
from forum.extensions import db
from forum.tags.models import Tag
from forum.units.actors import load_actor
from forum.units.models import Person, Role, Unit
from forum.units.slips import find_slip
from tests.factories import World

ANSWERS = ["--district", "清河区", "--admin", "管理员", "--phone", "138 0000 0001"]


def init(app: Flask, arguments: list[str], typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["init", *arguments], input=typed)


def test_an_empty_database_becomes_a_district(fresh_app: Flask) -> None:
    result = init(fresh_app, ANSWERS)
    assert result.exit_code == 0, result.output
    code = re.search(r"激活码：(\S+)", result.output)
    assert code
    assert f"网址：http://127.0.0.1:8000/activate/{code[1]}" in result.output
    slip = find_slip(code[1])
    assert slip is not None
    admin = load_actor(slip.person_id)
    assert admin is not None
    assert (admin.name, admin.role) == ("管理员", Role.ADMIN)
    assert admin.posting is not None
    assert admin.posting.district_name == "清河区"
    assert db.session.get_one(Person, admin.id).phone == "13800000001"
    assert db.session.scalar(select(func.count(Tag.id)))


def test_it_asks_for_what_was_not_said(fresh_app: Flask) -> None:
    result = init(fresh_app, [], "清河区\n管理员\n13800000001\n")
    assert result.exit_code == 0, result.output
    assert db.session.scalars(select(Unit.name)).all() == ["清河区"]


def test_a_database_in_use_is_left_alone(app: Flask, world: World) -> None:
    before = db.session.scalar(select(func.count(Unit.id)))
    db.session.rollback()
    result = init(app, ANSWERS)
    assert result.exit_code == 1
    assert result.output == "Error: 库里已经有内容了，init 只用于空库。\n"
    assert db.session.scalar(select(func.count(Unit.id))) == before


def test_tables_may_be_there_already(fresh_app: Flask) -> None:
    flask_migrate.upgrade()
    assert init(fresh_app, ANSWERS).exit_code == 0


def test_a_second_time_is_refused(fresh_app: Flask) -> None:
    assert init(fresh_app, ANSWERS).exit_code == 0
    assert "只用于空库" in init(fresh_app, ANSWERS).output


@pytest.mark.parametrize(
    ("at", "typed", "message"),
    [(1, " ", "不能空着"), (1, "区" * 61, "60 个字"), (3, "名" * 41, "40 个字"), (5, "123", "手机号不是 11 位")],
)
def test_a_bad_answer_makes_nothing(fresh_app: Flask, at: int, typed: str, message: str) -> None:
    result = init(fresh_app, [*ANSWERS[:at], typed, *ANSWERS[at + 1 :]])
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.count("\n") == 1
    assert init(fresh_app, ANSWERS).exit_code == 0


def test_the_key_is_made_before_the_slip(fresh_app: Flask) -> None:
    settings = fresh_app.extensions["settings"]
    env = {"DATABASE_URL": settings.database_url, "DATA_DIR": str(settings.data_dir / "new")}
    # Only a command may start without a key: the runner is handed an application as a command makes it.
    keyless = create_app(load({**env, "SECRET_KEY": "k" * 32}))
    keyless.extensions["settings"] = load(env)
    keyless.config["SECRET_KEY"] = None
    with keyless.app_context():
        result = init(keyless, ANSWERS)
        assert result.exit_code == 0, result.output
        made = load(env).secret_key
        assert made
        assert keyless.config["SECRET_KEY"] == made
        db.engine.dispose()
