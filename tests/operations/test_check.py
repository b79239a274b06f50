"""``flask check``: what must be mended, in words; and its status."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config import KEY_FILE, Settings, make_secret_key
from forum.clock import today, utcnow
from forum.extensions import db
from forum.operations import checks
from forum.operations.checks import (
    Finding,
    Level,
    address_findings,
    all_findings,
    database_findings,
    disk_findings,
    index_finding,
    key_findings,
    people_findings,
)
from forum.operations.queries import roles_held
from forum.search.follower import rebuild_index
from forum.units.models import Person, Posting, Role
from tests.factories import World


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Settings:
    return replace(app.extensions["settings"], data_dir=tmp_path)


def worst(findings: list[Finding]) -> tuple[Level, str]:
    bad_first = sorted(findings, key=lambda finding: [Level.BAD, Level.WARN, Level.GOOD].index(finding.level))
    return bad_first[0].level, bad_first[0].text


def test_a_forum_in_order(fresh_app: Flask) -> None:
    runner = fresh_app.test_cli_runner()
    runner.invoke(args=["init", "--district", "清河区", "--admin", "管理员", "--phone", "13800000001"])
    rebuild_index()
    result = runner.invoke(args=["check"])
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert "没有加密" in result.output


def test_an_empty_database_must_be_mended(fresh_app: Flask) -> None:
    result = fresh_app.test_cli_runner().invoke(args=["check"], color=True)
    assert result.exit_code == 1
    assert "\x1b[31m✗ 数据表与程序不是同一版" in result.output


def test_tables_without_people_must_be_mended(fresh_app: Flask) -> None:
    flask_migrate.upgrade()
    assert "谁也发不了激活条" in fresh_app.test_cli_runner().invoke(args=["check"]).output


def test_no_key(settings: Settings) -> None:
    assert worst(list(key_findings(replace(settings, secret_key=""))))[0] is Level.BAD


@pytest.mark.parametrize(("mode", "level"), [(0o600, Level.GOOD), (0o640, Level.BAD), (0o604, Level.BAD)])
def test_who_can_read_the_key(settings: Settings, mode: int, level: Level) -> None:
    make_secret_key(settings.data_dir).chmod(mode)
    [finding] = key_findings(settings)
    assert finding.level is level
    assert (KEY_FILE in finding.text) == (level is Level.BAD)


def test_a_data_directory_that_takes_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    level, text = worst(list(disk_findings(replace(settings, data_dir=tmp_path / "file" / "data"))))
    assert level is Level.BAD
    assert "写不进去" in text


@pytest.mark.parametrize(("gigabytes", "level"), [(0.2, Level.BAD), (1, Level.WARN), (3, Level.GOOD)])
def test_free_space(settings: Settings, monkeypatch: pytest.MonkeyPatch, gigabytes: float, level: Level) -> None:
    usage = checks.shutil.disk_usage(settings.data_dir)._replace(free=int(gigabytes * 1024**3))
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda folder: usage)
    found, text = worst(list(disk_findings(settings)))
    assert found is level
    assert level is Level.GOOD or f"{gigabytes:.1f} GB" in text


@pytest.mark.parametrize(
    ("public_url", "debug", "level"),
    [
        ("https://forum.example.org", False, Level.GOOD),
        ("http://192.168.1.20", False, Level.WARN),
        ("https://forum.example.org", True, Level.BAD),
    ],
)
def test_the_address(settings: Settings, public_url: str, debug: bool, level: Level) -> None:
    assert worst(list(address_findings(replace(settings, public_url=public_url, debug=debug))))[0] is level


def test_a_database_away(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "connect", _refuse)
    assert worst(list(database_findings()))[1].startswith("数据库连不上")
    assert any(finding.text.startswith("数据库连不上") for finding in all_findings(settings))


def _refuse() -> None:
    raise OperationalError("connect", {}, OSError("refused"))


@pytest.mark.parametrize(
    ("held", "level"),
    [
        (set(), Level.BAD),
        ({Role.SECRETARY, Role.ORGANISER}, Level.BAD),
        ({Role.ADMIN}, Level.WARN),
        ({Role.DISTRICT}, Level.WARN),
        ({Role.ADMIN, Role.DISTRICT}, Level.GOOD),
    ],
)
def test_who_lets_people_in(app: Flask, held: set[Role], level: Level) -> None:
    assert [finding.level for finding in people_findings(held)] == [level]


def test_only_those_in_office_who_can_sign_in_count(app: Flask, world: World) -> None:
    assert {Role.ADMIN, Role.DISTRICT} <= roles_held()
    db.session.get_one(Person, world.admin.id).disabled_at = utcnow()
    posting = db.session.scalars(select(Posting).where(Posting.person_id == world.district_staff.id)).one()
    posting.until = today() - timedelta(days=1)
    db.session.commit()
    assert not {Role.ADMIN, Role.DISTRICT} & roles_held()


def test_the_index(fresh_app: Flask) -> None:
    assert index_finding().level is Level.WARN
    flask_migrate.upgrade()
    rebuild_index()
    assert index_finding().level is Level.GOOD
