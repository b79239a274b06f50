"""Whatever stands in an address, the answer is a page."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict

import forum
from forum.extensions import limiter
from tests.trust.conftest import Visit
from tests.trust.hostile import VALUES
from tests.trust.rights import address, read_table, routes_of, welcome
from tests.trust.shares import half, third
from tests.trust.stage import Scene

PAGES = welcome(read_table(), "GET")


IDS = (
    "0",
    "-1",
    "2147483648",
    "9" * 5000,
    "1e9",
    "１２",
    "²",
    "\x00",
    "1\x00",
    "\ud800",
    "' OR 1=1 --",
    "../../etc/passwd",
)


@pytest.fixture(autouse=True)
def pages_of_errors(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is a page with 500, as people would see it, and the walk goes on."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


def encoded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


class Asked(ImmutableMultiDict[str, str]):
    """A query that notes what is asked of it."""

    names: set[str] = set()

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.names.add(key)
        return super().get(key, *args, **kwargs)

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *args, **kwargs)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of query arguments that views looked for."""
    cleaned = forum._cleaned
    monkeypatch.setattr(forum, "_cleaned", lambda fields: Asked(cleaned(fields).items(multi=True)))
    Asked.names = set()
    return Asked.names


def test_no_argument_of_a_query_breaks_a_page(app: Flask, scene: Scene, visit: Visit, asked: set[str]) -> None:
    broken, tried, turn = [], 0, 0
    for row, role in PAGES:
        visitor, url = visit(role), address(app, scene, row)
        asked.clear()
        visitor.get(url).close()
        for name in sorted(asked):
            turn += 1
            for value in third(VALUES, turn):
                answer = visitor.get(f"{url}{'&' if '?' in url else '?'}{name}={encoded(value)}")
                tried += 1
                if b"zq49" in answer.data:
                    broken.append(f"{row} {name}: a template was evaluated")
                answer.close()
                if answer.status_code not in (200, 303, 400, 403, 404, 409):
                    broken.append(f"{row} {name}={value[:40]!r}: {answer.status}")
    assert tried > 300, "the pages were not asked"
    assert broken == []


def test_no_id_in_a_path_breaks_a_page(app: Flask, scene: Scene, visit: Visit) -> None:
    broken = []
    for (method, pattern), rule in routes_of(app).items():
        if not rule.arguments:
            continue
        for argument in rule.arguments:
            others = dict.fromkeys(rule.arguments - {argument}, "1")
            for value in half(IDS):
                path = re.sub(r"<([^>]*)>", lambda m: encoded((others | {argument: value})[m[1]]), pattern)  # noqa: B023
                visitor = visit("organiser")
                answer = visitor.get(path) if method == "GET" else visitor.send(path)
                answer.close()
                if answer.status_code >= 500 or (answer.status_code == 200 and argument != "code" and len(value) > 10):
                    broken.append(f"{method} {pattern} {argument}={value[:40]!r}: {answer.status}")
                limiter.reset()
    assert broken == []


def test_nobody_knows_such_a_page(scene: Scene, visit: Visit) -> None:
    visitor = visit("nobody")
    for value in VALUES:
        answer = visitor.get(f"/{encoded(value)}")
        assert answer.status_code in (200, 303, 404, 405), value[:40]
        answer.close()
