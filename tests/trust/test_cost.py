"""A page costs at most eight statements, and the same for one row of everything and for thirty."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.trust.conftest import Visit
from tests.trust.more import add_more
from tests.trust.rights import Row, address, read_table
from tests.trust.stage import Scene

pytestmark = pytest.mark.pure  # a page sends the same statements to either database

MOST = 8
READERS = ("secretary", "organiser")
Count = Callable[[], AbstractContextManager[list[str]]]
PAGES = [
    row for row in read_table() if row.method == "GET" and not row.route.startswith(("/static", "/healthz", "/readyz"))
]


def test_pages_cost_few_statements_and_the_same_for_many_rows(
    app: Flask, scene: Scene, visit: Visit, count_statements: Count
) -> None:
    def costs(learned: bool) -> dict[str, int]:
        return {
            f"{row} for {role}": cost(row, role, learned)
            for row in PAGES
            for role in READERS
            if row.answers[role] == 200
        }

    def cost(row: Row, role: str, learned: bool) -> int:
        visitor, url = visit(role), address(app, scene, row)
        if not learned:
            visitor.get(url).close()  # what a process learns once does not count
        with count_statements() as statements:
            answer = visitor.get(url)
            answer.close()
        assert answer.status_code == 200, url
        return len(statements)

    few = costs(learned=False)
    add_more(scene, 30)
    many = costs(learned=True)
    assert len(few) > 60
    assert {page: (few[page], many[page]) for page in few if few[page] != many[page]} == {}, "pages that cost more"
    assert {page: number for page, number in many.items() if number > MOST} == {}
