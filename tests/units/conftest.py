"""Rosters sent through the real pages."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.extensions import db
from forum.units.models import Person, Posting, Unit
from tests.browsing import Browser, Form, forms_of
from tests.units.rosters import HEADER, xlsx

Row = Sequence[object]


def send_roster(browser: Browser, rows: Sequence[Row], header: Row = HEADER) -> str:
    """Upload a workbook; the address of its preview."""
    answer = browser.submit("/roster", {"file": [(io.BytesIO(xlsx([header, *rows])), "名册.xlsx")]})
    assert answer.status_code == 303
    return answer.headers["Location"]


def apply_form(page: str) -> Form | None:
    """The form of a preview that applies it, if there is anything to apply."""
    return next((form for form in forms_of(page) if "seen" in form.fields), None)


def apply_roster(browser: Browser, preview: str) -> TestResponse:
    """Press the button of a preview."""
    form = apply_form(browser.get(preview).get_data(as_text=True))
    assert form
    return browser.post(form.action, data=form.fields)


def words(html: str) -> str:
    """A page's text, with blanks made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def tree() -> dict[str, Any]:
    """Every fact that a roster may change, by names."""
    units = {unit.id: unit for unit in db.session.scalars(select(Unit))}
    people = {person.id: person for person in db.session.scalars(select(Person))}
    facts = {
        "units": sorted((u.kind.value, u.name, units[u.parent_id].name if u.parent_id else "") for u in units.values()),
        "people": sorted((p.name, p.phone or "") for p in people.values()),
        "postings": sorted(
            (units[p.unit_id].name, people[p.person_id].name, p.role.value, p.title, p.since, str(p.until or ""))
            for p in db.session.scalars(select(Posting))
        ),
    }
    db.session.rollback()
    return facts


@pytest.fixture
def difference() -> Callable[[Callable[[], object]], dict[str, Any]]:
    """What a deed adds to and takes from the tree."""

    def of(deed: Callable[[], object]) -> dict[str, Any]:
        before = tree()
        deed()
        after = tree()
        return {
            sign + name: found
            for name in before
            for sign, found in (
                ("+", [x for x in after[name] if x not in before[name]]),
                ("-", [x for x in before[name] if x not in after[name]]),
            )
            if found
        }

    return of
