"""Whatever a form is sent, it answers with a page, says in Chinese what is wrong, keeps the text, and writes all or nothing."""

import re
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum.extensions import limiter
from tests.accounts.conftest import PASSWORD
from tests.trust.conftest import Visit, Visitor, Writes
from tests.trust.hostile import TEMPLATE
from tests.trust.rights import Row, address, read_table, routes_of, welcome
from tests.trust.sent import NEW_PASSWORD, sent
from tests.trust.shares import half
from tests.trust.snapshot import Snapshot, all_rows, differences, put_back, tables_in
from tests.trust.stage import Scene

UPLOADS = ("/pictures", "/documents", "/roster", "/words/import")  # they take files, which have tests of their own
FORMS = [(row, role) for row, role in welcome(read_table(), "POST") if row.route not in UPLOADS and not row.query]
Fields = list[tuple[str, str]]

# NUL, a lone surrogate, a change of writing direction, a control character, and something for a template engine.
DISGUISED = f"石\x00\ud800\u202e\x1b{TEMPLATE}"
LONG = "石榴<b>" + "a" * 600_000
HUGE = "9" * 30
KEPT_AS = {DISGUISED: "石", LONG: "石榴&lt;b&gt;" + "a" * 100, HUGE: HUGE}
EXTRA = {
    "role": "admin", "is_admin": "1", "is_demo": "1", "unit_id": "1", "township_id": "", "district_id": "1", "author_id": "1",
    "person_id": "1", "posting_id": "1", "reach": "district", "state": "published", "hidden_at": "", "locked_at": "2020-01-01",
    "id": "1", "thread_id": "1", "post_id": "1", "created_at": "2020-01-01", "reply_count": "999", "same_count": "999",
    "useful_count": "999", "accepted_post_id": "1", "body_html": "<script>alert(1)</script>", "external_id": "x",
    "password_hash": "x", "disabled_at": "2020-01-01", "expires_at": "2099-01-01", "consent_by_id": "1", "version_id": "9",
    "handled_at": "2020-01-01", "entered_by": "1", "session_id": "1", "owner_id": "1", "key": "x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def pages_of_errors(app: Flask, monkeypatch: pytest.MonkeyPatch, any_once: None) -> None:
    """An error is a page with 500, as people would see it, and the walk goes on."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


def filled_in(app: Flask, scene: Scene, row: Row, role: str) -> Fields:
    """The form as somebody fills it in properly."""
    fields = sent(scene, routes_of(app)[row.method, row.route].endpoint, role, row.word)
    return [(name, str(v)) for name, value in fields.items() for v in (value if isinstance(value, list) else [value])]


def post(visitor: Visitor, url: str, fields: Fields) -> TestResponse:
    """Send the fields as a browser would, lone surrogates included."""
    limiter.reset()
    everything = [("csrf_token", visitor.csrf_token), ("once", "a token never used before"), *fields]
    body = "&".join(
        f"{quote_plus(name)}={quote_plus(value.encode('utf-8', 'surrogatepass'))}" for name, value in everything
    )
    return visitor.post(url, data=body, content_type="application/x-www-form-urlencoded")


def is_typed(name: str, page: str) -> bool:
    """Whether a field is one that people type into, and that shows what they typed."""
    control = re.search(rf'<(textarea|input)\b[^>]*\bname="{name}"[^>]*>', page)
    return control is not None and not re.search('type="(hidden|radio|checkbox|password|file)"', control[0])


def faults(answer: TestResponse, written: list[str], fields: Fields, name: str, value: str) -> list[str]:
    """What is wrong with the answer to a form of which one field held a hostile value."""
    page = answer.get_data(as_text=True)
    written = [statement for statement in written if "sign_in_attempt" not in statement]
    found = []
    if answer.status_code >= 500:
        found.append(answer.status)
    if answer.status_code >= 400 and written:
        found.append(f"{answer.status}, and half a record: {written}")
    if answer.status_code == 422 and answer.is_json:  # told to a script, which still has the text
        found += [] if re.search("[一-龥]{4}", answer.json["error"]) else ["refused without a word in Chinese"]
    elif answer.status_code == 422:
        notice = page.partition("notice-bad")[2].partition("</ul>")[0]
        if not re.search("[一-龥]{4}", notice):
            found.append("refused without a word in Chinese")
        others = [text for other, text in fields if other != name and re.search("[一-龥]", text)]
        texts = [escape(text) for text in others if text not in (PASSWORD, NEW_PASSWORD)]
        if is_typed(name, page):
            texts.append(KEPT_AS[value])
        found += [f"refused, and {text[:20]} is lost" for text in texts if text not in page]
    if "zq49" in page:
        found.append("a template was evaluated")
    return found


def test_no_field_breaks_a_form(app: Flask, scene: Scene, visit: Visit, writes: Writes, kept_rows: Snapshot) -> None:
    wrong, refused = [], 0
    for row, role in FORMS:
        url, fields = address(app, scene, row), filled_in(app, scene, row, role)
        for name in dict.fromkeys(name for name, _ in fields):
            for value in KEPT_AS:
                visitor = visit(role)
                with writes() as written:
                    answer = post(visitor, url, [(n, v) for n, v in fields if n != name] + [(name, value)])
                wrong += [
                    f"{row} {name}={value[:8]!r}: {fault}" for fault in faults(answer, written, fields, name, value)
                ]
                refused += answer.status_code == 422
                if answer.status_code == 303 and value == DISGUISED and "zq49" in visitor.get(answer.location).text:
                    wrong.append(f"{row} {name}: a template was evaluated")
                if written:
                    put_back(kept_rows, tables_in(written))
    assert wrong == []
    assert refused > 100


def test_no_number_of_fields_breaks_a_form(
    app: Flask, scene: Scene, visit: Visit, writes: Writes, kept_rows: Snapshot
) -> None:
    wrong = []
    for row, role in half(FORMS):
        url, fields = address(app, scene, row), filled_in(app, scene, row, role)
        others = [(f"field{n}", "1") for n in range(5_000)]
        same = [(name, str(n)) for name, _ in fields or [("tags", "")] for n in range(5_000 // (len(fields) or 1))]
        for many in (fields + others + same, []):
            with writes() as written:
                answer = post(visit(role), url, many)
            if answer.status_code >= 500:
                wrong.append(f"{row} with {len(many)} fields: {answer.status}")
            if written:
                put_back(kept_rows, tables_in(written))
    assert wrong == []


def comparable(changed: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows without what differs from one sending to the next: times, random tokens and digests."""
    random = (
        "token",
        "token_hash",
        "digest",
        "password_hash",
        "code_hash",
        "sealed_key",
        "sealed_secret",
        "nonce",
        "handle",
        "stamp",
        "url",
        "id",
    )
    return {
        table: [{k: v for k, v in row.items() if k not in random and not isinstance(v, datetime)} for row in rows]
        for table, rows in changed.items()
    }


def test_nothing_is_taken_from_a_form_that_it_does_not_ask(
    app: Flask, scene: Scene, visit: Visit, writes: Writes, kept_rows: Snapshot
) -> None:
    wrong = []
    for row, role in half(FORMS):
        url, fields = address(app, scene, row), filled_in(app, scene, row, role)
        asked = {name for name, _ in fields}
        outcomes = []
        for extra in ([], [(name, value) for name, value in EXTRA.items() if name not in asked]):
            with writes() as written:
                answer = post(visit(role), url, fields + extra)
            changed = differences(kept_rows, all_rows()) if written else {}
            outcomes.append((answer.status_code, comparable(changed)))
            if written:
                put_back(kept_rows, tables_in(written))
        if outcomes[0] != outcomes[1]:
            wrong.append(f"{row}: {outcomes}")
    assert wrong == []
