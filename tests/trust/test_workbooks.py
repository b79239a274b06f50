"""A name that begins like a formula stays a name in every workbook that is handed out, also in those that do not exist yet."""

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import String, cast, literal, update

from forum.extensions import db, limiter
from forum.library.models import Experience
from forum.meetings.models import Meeting
from forum.threads.models import Thread
from forum.units.models import Person, Unit
from tests.trust.conftest import Visit
from tests.trust.rights import ask, read_table
from tests.trust.stage import Scene

pytestmark = pytest.mark.pure  # a workbook is written the same from either database

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BEGINNINGS = ("=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1")
READERS_OF = ("organiser", "district")
NAMED = (Person.name, Unit.name, Thread.title, Meeting.theme, Experience.title)


def formulas_in_workbook(data: bytes) -> list[str]:
    sheets = load_workbook(BytesIO(data)).worksheets
    return [
        f"{cell.coordinate} {cell.value}" for sheet in sheets for row in sheet for cell in row if cell.data_type == "f"
    ]


def formulas_in_csv(data: bytes) -> list[str]:
    """Cells that a spreadsheet would reckon: text has no type there, so it must not begin like that."""
    rows = csv.reader(StringIO(data.decode("utf-8-sig")))
    return [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


FORMULAS = {XLSX: formulas_in_workbook, "text/csv": formulas_in_csv}


def name_everything(beginning: str) -> None:
    for column in NAMED:
        key = cast(column.class_.id, String)  # names of units are told apart by what follows
        db.session.execute(update(column.class_).values({column: literal(beginning) + key}))
    db.session.commit()


def test_no_name_becomes_a_formula(app: Flask, scene: Scene, visit: Visit) -> None:
    waiting = [(r, role) for r in read_table() for role in READERS_OF if r.method == "GET" and r.answers[role] == 200]
    found = []
    for beginning in BEGINNINGS:
        name_everything(beginning)
        workbooks = []
        for row, role in waiting:
            answer = ask(app, scene, visit(role), row, role)
            if formulas := FORMULAS.get(answer.mimetype):
                found += [f"{row} for {role}: {cell}" for cell in formulas(answer.data)]
                workbooks.append((row, role))
            answer.close()
            limiter.reset()
        assert workbooks
        waiting = workbooks  # the first round found out where there are any
    assert found == []


def test_a_formula_is_seen() -> None:
    book = Workbook()
    assert book.active
    book.active.append(["=1+1", "村"])
    stream = BytesIO()
    book.save(stream)
    assert formulas_in_workbook(stream.getvalue()) == ["A1 =1+1"]
    assert formulas_in_csv("村,=1+1\r\n".encode()) == ["=1+1"]
