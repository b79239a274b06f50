"""The rights table: ``rights.txt``, read line by line, and one request for each of its cells."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from forum.meetings.signing_codes import prove
from tests.trust.conftest import Visitor
from tests.trust.sent import sent
from tests.trust.stage import Scene

ROLES = {
    "secr": "secretary",
    "depu": "deputy",
    "neig": "neighbour",
    "far-s": "far_secretary",
    "orga": "organiser",
    "far-o": "far_organiser",
    "dist": "district",
    "expt": "expert",
    "admin": "admin",
    "form": "former",
    "nobo": "nobody",
}
DONE = (200, 201, 204, 303)
TABLE = Path(__file__).with_name("rights.txt")


@dataclass(frozen=True)
class Row:
    """Who gets which answer when he asks for one route about an object in one state."""

    method: str
    route: str
    word: str
    answers: dict[str, int]
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route}{self.query and '?' + self.query} {self.word}"


def read_table() -> list[Row]:
    """The lines of the table; the first that is no comment names the columns."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    columns = [ROLES[name] for name in lines[0][3:]]
    rows = []
    for method, route, word, *answers in lines[1:]:
        path, _, query = route.partition("?")
        rows.append(Row(method, path, word, dict(zip(columns, map(int, answers), strict=True)), query))
    return rows


def pattern(rule: Rule) -> str:
    """A rule as the table writes it, without what its arguments are made of: ``/threads/<thread_id>``."""
    return re.sub(r"<[^:>]*:", "<", rule.rule)


@cache
def routes_of(app: Flask) -> dict[tuple[str, str], Rule]:
    """Every method and route of the application."""
    return {
        (method, pattern(rule)): rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app: Flask, scene: Scene, row: Row) -> str:
    """The path for the object that the row speaks of; in a query, ``town`` stands for the first township's id."""
    rule = routes_of(app)[row.method, row.route]
    values = {name: _value(scene, name, row.word) for name in rule.arguments}
    path = app.url_map.bind("").build(rule.endpoint, values, method=row.method)
    return f"{path}?{row.query.replace('=town', f'={scene.world.town.id}')}" if row.query else path


def _value(scene: Scene, name: str, word: str) -> Any:
    # What a code on the wall proves holds good for a moment only: on a slow machine not from the scene to the question.
    return prove(scene.ids["sitting_id", word]) if name == "proof" else scene.ids[name, word]


def ask(app: Flask, scene: Scene, visitor: Visitor, row: Row, role: str) -> TestResponse:
    """One cell: the request of somebody in a role."""
    url = address(app, scene, row)
    if row.method == "GET":
        return visitor.get(url)
    return visitor.send(url, sent(scene, routes_of(app)[row.method, row.route].endpoint, role, row.word))


def welcome(rows: list[Row], method: str) -> list[tuple[Row, str]]:
    """One row for each route of a method with a role that it lets do it: preferably an organiser or secretary."""
    first: dict[str, tuple[Row, str]] = {}
    for row in rows:
        for role in ("organiser", "secretary", *row.answers):
            if row.method == method and row.answers[role] in DONE:
                first.setdefault(row.route + row.query, (row, role))
    return list(first.values())
