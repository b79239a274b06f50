"""The roster from the command line: the plan of the page, in lines."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.units.models import Person, Posting
from tests.units.conftest import tree
from tests.units.rosters import HEADER, text, xlsx

GOOD = ("柳林镇", "城南管区", "前柳村", "柳新", "13900000001", "书记", "2025-03-01")
STAFF = ("", "", "", "区新", "13900000002", "组织部干部", "2025-03")
WRONG = ("", "", "前柳村", "柳错", "123", "书记", "")


@pytest.fixture
def run(app, tmp_path):
    def import_file(*rows, dry_run=False, name="名册.xlsx", data=None):
        file = tmp_path / name
        file.write_bytes(data if data is not None else xlsx([HEADER, *rows]))
        result = app.test_cli_runner().invoke(args=["units", "import", str(file), *(["--dry-run"] if dry_run else [])])
        db.session.rollback()
        return result.exit_code, result.output

    return import_file


def test_good_rows_are_applied(run, world):
    status, output = run(GOOD, STAFF)
    assert status == 0
    assert "第 2 行 变更 前柳村 柳新 接任：柳大山任到2025-02-28，柳新从2025-03-01起。" in output
    assert "新登记 1 行，变更 1 行，一样 0 行，有误 0 行。" in output
    assert {"柳新", "区新"} <= set(db.session.scalars(select(Person.name)))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.district_id) == ("roster.import", None, world.district.id)


def test_a_second_time_changes_nothing(run, world):
    run(GOOD)
    before = tree()
    status, output = run(GOOD)
    assert status == 0
    assert "新登记 0 行，变更 0 行，一样 1 行，有误 0 行。" in output
    assert tree() == before


def test_wrong_rows_are_told_and_the_others_applied(run, world):
    status, output = run(GOOD, WRONG)
    assert status == 1
    assert "第 3 行 有误 前柳村 柳错" in output
    assert "有误的行没有导入，其余的已经导入" in output
    assert db.session.scalars(select(Person.name).where(Person.phone == "13900000001")).all() == ["柳新"]


@pytest.mark.parametrize("rows", [(GOOD,), (GOOD, WRONG)])
def test_a_dry_run_changes_nothing(run, world, rows):
    before = tree()
    status, output = run(*rows, dry_run=True)
    assert status == len(rows) - 1
    assert "这是试算，什么都没有改。" in output
    assert tree() == before
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_a_text_file_as_offices_keep_it(run, world):
    data = text([HEADER, GOOD]).encode("gb18030")
    assert run(name="名册.csv", data=data)[0] == 0
    assert db.session.scalar(select(Posting.id).where(Posting.title == "书记")) is not None


def test_a_file_that_is_no_roster(run, world):
    status, output = run(data=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, name="名册.xls")
    assert status == 1
    assert "另存为 xlsx" in output
    assert "Traceback" not in output


def test_an_empty_database_has_no_district(run):
    status, output = run(GOOD)
    assert status == 1
    assert "还没有区县" in output
