"""Who gets which answer: the table of rights against every route, role and state of an object."""

import pytest
from flask import Flask, make_response

from forum import errors
from forum.extensions import limiter
from tests.trust.conftest import Visit, Writes
from tests.trust.rights import ROLES, ask, read_table, routes_of
from tests.trust.shares import all_then_a_third
from tests.trust.snapshot import Snapshot, put_back, tables_in
from tests.trust.stage import Scene

ROWS = read_table()
ROOMS = sorted({row.route.split("/")[1] for row in ROWS})


def test_every_route_has_a_line(application: Flask) -> None:
    routes, lined = set(routes_of(application)), {(row.method, row.route) for row in ROWS}
    assert routes - lined == set(), "routes without a line in rights.txt"
    assert lined - routes == set(), "lines of rights.txt without a route"


def test_every_line_has_a_cell_for_every_role(scene: Scene) -> None:
    assert set(ROLES.values()) == set(scene.world.everybody)
    assert len({str(row) for row in ROWS}) == len(ROWS), "two lines say the same"


@pytest.fixture
def plain_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals without their page, which other tests look at: most cells of the table are refusals."""
    monkeypatch.setattr(errors, "_page", lambda code, template="": make_response("refused", code))


@pytest.mark.parametrize("room", ROOMS)
def test_everybody_gets_the_answer_of_the_table(
    app: Flask,
    scene: Scene,
    visit: Visit,
    writes: Writes,
    any_once: None,
    plain_errors: None,
    kept_rows: Snapshot,
    room: str,
) -> None:
    """And whoever is refused, or only reads, has written nothing."""
    wrong = []
    for row in all_then_a_third([row for row in ROWS if row.route.split("/")[1] == room]):
        for role, expected in row.answers.items():
            with writes() as written:
                answer = ask(app, scene, visit(role), row, role)
                answer.close()
            if answer.status_code != expected:
                wrong.append(f"{row}: {role} got {answer.status_code}, not {expected}")
            if written and (expected >= 400 or row.method == "GET"):
                wrong.append(f"{row}: {role} is refused or only reads, and wrote {written}")
            if written:
                put_back(kept_rows, tables_in(written))
            limiter.reset()
    assert wrong == []
