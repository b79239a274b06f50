"""The upload itself: who, what the file may be, how long a large one takes."""

import io
import re
import time
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from forum.extensions import db
from forum.units.models import Posting, RosterUpload, Unit
from tests.browsing import forms_of
from tests.units.conftest import apply_roster, send_roster, words
from tests.units.rosters import HEADER, LI, xlsx

MANAGERS = {"organiser", "far_organiser", "district", "admin"}


@pytest.mark.parametrize("path", ["/roster", "/roster/template.xlsx"])
def test_who_may_import(browse, world, path):
    status = {role: browse(actor).get(path).status_code for role, actor in world.everybody.items()}
    assert {role for role, code in status.items() if code == 200} == MANAGERS
    assert {code for role, code in status.items() if role not in MANAGERS} == {303, 403}


@pytest.mark.parametrize("role", ["secretary", "deputy", "expert", "former"])
def test_who_may_not_send_a_file(browse, world, role):
    browser = browse(world.everybody[role])
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/me").get_data(as_text=True))
    assert token
    data = {"csrf_token": token[1], "file": (io.BytesIO(xlsx([HEADER, LI])), "名册.xlsx")}
    assert browser.post("/roster", data=data).status_code == 403
    assert db.session.scalars(select(RosterUpload)).all() == []


def test_the_template_is_a_workbook(browse, world):
    answer = browse(world.organiser).get("/roster/template.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert [cell.value for cell in book["名册"][1]][:7] == list(HEADER)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].isascii(), "a server sends headers as Latin-1"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (None, "", "请选一个文件。"),
        (b"", "名册.xlsx", "文件是空的。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "名册.xls", "另存为 xlsx"),
        (b"PK\x03\x04 not a workbook", "名册.xlsx", "可能已损坏"),
        (b"a,b\n1,2\n", "x.csv", "没有找到表头"),
        (b"," * 300_001, "x.csv", "文件超过 10 MB"),
        (xlsx([HEADER]), "名册.xlsx", "下面没有名册内容"),
    ],
)
def test_a_file_that_is_no_roster(browse, world, monkeypatch, data, name, message):
    monkeypatch.setattr("forum.units.spreadsheet.MAX_BYTES", 300_000)
    file = [(io.BytesIO(data), name)] if data is not None else []
    answer = browse(world.organiser).submit("/roster", {"file": file})
    assert answer.status_code == 422
    assert message in words(answer.get_data(as_text=True))
    assert db.session.scalars(select(RosterUpload)).all() == []


def test_the_same_file_sent_twice_has_one_preview(browse, world):
    browser = browse(world.organiser)
    form = next(f for f in forms_of(browser.get("/roster").get_data(as_text=True)) if "once" in f.fields)

    def send(*rows):
        file = (io.BytesIO(xlsx([HEADER, *rows])), "名册.xlsx")
        return browser.post("/roster", data={**form.fields, "file": file})

    assert send(LI).headers["Location"] == send(LI).headers["Location"]
    assert send(LI, LI).status_code == 409  # another file is another deed


@pytest.mark.parametrize("token", ["x", "A" * 43, "../../etc"])
def test_a_token_that_is_none(browse, world, token):
    assert browse(world.organiser).get(f"/roster/{token}").status_code == 404


def test_words_of_the_file_stay_words(browse, world):
    evil = "<script>alert(1)</script>"
    row = ("柳林镇", evil, evil, evil[:20], "", evil, "")
    page = browse(world.organiser).get(send_roster(browse(world.organiser), [row])).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def villages(count):
    for n in range(count):
        town = f"第{n // 40}镇"
        yield (town, f"{n // 10}管区", f"第{n}村", f"书记{chr(0x4E00 + n)}", f"139{n:08d}", "党支部书记", "2021.3")


def test_six_hundred_villages(browse, world, count_statements):
    browser = browse(world.district_staff)
    took, statements = {}, {}

    def measured(name, deed):
        start = time.perf_counter()
        with count_statements() as seen:
            result = deed()
        took[name] = time.perf_counter() - start
        statements[name] = sum(not statement.startswith("INSERT") for statement in seen)  # SQLite inserts row by row
        return result

    rows = list(villages(600))
    preview = measured("upload", lambda: send_roster(browser, rows))
    shown = measured("preview", lambda: browser.get(preview))
    assert "新增 600" in words(shown.get_data(as_text=True))
    assert measured("apply", lambda: apply_roster(browser, preview)).status_code == 303
    assert db.session.scalar(select(func.count(Unit.id)).where(Unit.name.like("第%村"))) == 600
    again = send_roster(browser, [(*row[:3], f"新{row[3]}", f"138{row[4][3:]}", row[5], "2024-05-06") for row in rows])
    assert "变更 600" in words(browser.get(again).get_data(as_text=True))
    assert measured("succession", lambda: apply_roster(browser, again)).status_code == 303
    assert (
        db.session.scalar(
            select(func.count(Posting.id)).where(Posting.until.is_(None), Posting.since == date(2024, 5, 6))
        )
        == 600
    )
    assert took["upload"] + took["preview"] + took["apply"] < 10
    assert statements["preview"] <= 8
    assert statements["succession"] <= 20
