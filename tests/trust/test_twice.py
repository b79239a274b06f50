"""On a slow line people send a form twice: every form of the forum does its deed once, gives the same answer, and loses no other text."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from forum.extensions import limiter
from forum.once import SpentToken
from tests.trust.conftest import Visit
from tests.trust.rights import Row, address, read_table, routes_of, welcome
from tests.trust.sent import sent
from tests.trust.snapshot import Snapshot, all_rows, differences, put_back
from tests.trust.stage import Scene

# A second file is a second picture; a second sign-in is a second session; a slip lets in once; each file taken away is a deed.
NOT_FORMS = (
    "/sign-in",
    "/sign-out",
    "/activate",
    "/activate/<code>",
    "/pictures",
    "/documents",
    "/threads/preview",
    "/tags/suggest",
    "/trail/export",
)
# What may differ when something idempotent is done again, or a wrong word is counted.
BESIDE = {"user_session", "sign_in_attempt"}
AT_ONCE = 12
ONCE = [pair for pair in welcome(read_table(), "POST") if pair[0].route not in NOT_FORMS]


def fields_of(app: Flask, scene: Scene, row: Row, role: str) -> dict[str, Any]:
    return sent(scene, routes_of(app)["POST", row.route].endpoint, role, row.word)


def other_words(fields: dict[str, Any]) -> dict[str, Any] | None:
    """The same form with other words in one of its texts; None for a form without."""
    for name, value in fields.items():
        if isinstance(value, str) and re.search("[\u4e00-\u9fff]", value):
            return {**fields, name: f"{value}改"}
    return None


@pytest.mark.parametrize(("row", "role"), ONCE, ids=lambda value: str(value) if isinstance(value, Row) else value)
def test_the_same_again_changes_nothing_and_other_words_are_shown(
    app: Flask, scene: Scene, visit: Visit, any_once: None, kept_rows: Snapshot, row: Row, role: str
) -> None:
    visitor, url, token = visit(role), address(app, scene, row), {"once": "the one of this page"}
    first = visitor.send(url, {**fields_of(app, scene, row, role), **token})
    first.close()
    done = all_rows()
    again = visitor.send(url, {**fields_of(app, scene, row, role), **token})
    again.close()
    assert first.status_code < 400
    spent = [r for r in done["spent_token"] if r["token"] == token["once"]]
    if spent:
        assert (again.status_code, again.location) == (first.status_code, first.location)
    changed = set(differences(done, all_rows())) - BESIDE
    assert not changed, f"{row}: sent twice, done twice"
    other = other_words(fields_of(app, scene, row, role))
    if spent and other is not None:
        answer = visitor.send(url, {**other, **token})
        text = answer.get_data(as_text=True)
        # Where the first deed leaves no way for a second, the page says so; it never takes it silently.
        assert answer.status_code in (403, 409, 422), f"{row}: other words under the same token got {answer.status}"
        assert next(v for k, v in other.items() if v != fields_of(app, scene, row, role)[k]) in text
        assert not set(differences(done, all_rows())) - BESIDE
    limiter.reset()
    put_back(kept_rows)


MAIN = ("/threads/ask", "/threads/<thread_id>/posts", "/library/new", "/threads/<thread_id>/card", "/suggestions/new")


@pytest.mark.parametrize("route", MAIN)
def test_twelve_taps_at_once_do_it_once(
    app: Flask, scene: Scene, visit: Visit, any_once: None, kept_rows: Snapshot, route: str
) -> None:
    row, role = next(pair for pair in ONCE if pair[0].route == route)
    url, fields = address(app, scene, row), {**fields_of(app, scene, row, role), "once": "the one of this page"}
    visitors = [visit(role) for _ in range(AT_ONCE)]
    before = all_rows()

    def tap(number: int) -> tuple[int, str | None]:
        with app.app_context():
            answer = visitors[number].send(url, fields)
            return answer.status_code, answer.location

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = set(pool.map(tap, range(AT_ONCE)))
    after = all_rows()
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 303
    assert len(after[SpentToken.__tablename__]) == len(before[SpentToken.__tablename__]) + 1
    grown = {name: len(rows) - len(before[name]) for name, rows in after.items() if len(rows) > len(before[name])}
    main = {"/threads/ask": "thread", "/threads/<thread_id>/posts": "post", "/suggestions/new": "suggestion"}
    assert grown[main.get(route, "experience")] == 1
    put_back(kept_rows)
