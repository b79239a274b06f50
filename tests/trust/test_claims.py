"""What a request says of its address, host or path in headers that a proxy might set moves nothing: no answer, no link, no right."""

from functools import partial
from typing import Any

import pytest
import segno
from flask import Flask

from forum.accounts.sessions import cookie_name
from forum.extensions import limiter
from tests.trust.conftest import Visit, Visitor, Writes
from tests.trust.rights import ask, read_table, welcome
from tests.trust.snapshot import Snapshot, put_back, tables_in
from tests.trust.stage import Scene

EVIL = "evil.example"
CLAIMS = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Scheme": "gopher",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-For": f"127.0.0.1, {EVIL}",
    "X-Script-Name": f"//{EVIL}",
    "Forwarded": f'for="[::1]";host={EVIL};proto=gopher',
    "X-Real-IP": "127.0.0.1",
    "X-Host": EVIL,
    "X-Original-Host": EVIL,
    "X-Original-URL": "/moderation",
    "X-Rewrite-URL": "/moderation",
    "X-HTTP-Method": "DELETE",
    "X-HTTP-Method-Override": "DELETE",
}
ROWS = read_table()


@pytest.fixture
def claim(app: Flask, visit: Visit) -> Any:
    """A visitor whose every request comes with the claims, and to a host that is not ours."""

    def visiting(role: str) -> Visitor:
        visitor = visit(role)
        for name in (app.config["SESSION_COOKIE_NAME"], cookie_name()):
            if cookie := visitor.get_cookie(name):
                visitor.set_cookie(name, cookie.value, domain=EVIL)
        visitor.environ_base.update({f"HTTP_{name.upper().replace('-', '_')}": said for name, said in CLAIMS.items()})
        visitor.open = partial(visitor.open, base_url=f"http://{EVIL}")  # type: ignore[method-assign]
        return visitor

    return visiting


@pytest.mark.parametrize("role", ["secretary", "admin", "nobody"])
def test_pages_answer_as_without(app: Flask, scene: Scene, claim: Any, role: str) -> None:
    wrong, asked = [], 0
    for row in (row for row in ROWS if row.method == "GET"):
        answer = ask(app, scene, claim(role), row, role)
        said = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
        answer.close()
        if answer.status_code != row.answers[role]:
            wrong.append(f"{row}: {answer.status}")
        if EVIL in (answer.location or "") + said:
            wrong.append(f"{row}: leads away")
        asked += 1
        limiter.reset()
    assert wrong == []
    assert asked > 100


def test_deeds_answer_as_without(
    app: Flask,
    scene: Scene,
    claim: Any,
    any_once: None,
    writes: Writes,
    kept_rows: Snapshot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The slip that is printed among them: its address is the public one, not the one that was asked, also in its picture."""
    wrong, drawn = [], []
    make_qr = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda address, **how: drawn.append(address) or make_qr(address, **how))
    for row, role in welcome(ROWS, "POST"):
        with writes() as written:
            answer = ask(app, scene, claim(role), row, role)
        if answer.status_code != row.answers[role]:
            wrong.append(f"{row}: {answer.status}")
        if EVIL.encode() in (answer.location or "").encode() + answer.data:
            wrong.append(f"{row}: leads away")
        if written:
            put_back(kept_rows, tables_in(written))
        limiter.reset()
    assert wrong == []
    assert drawn
    assert [address for address in drawn if not address.startswith(app.extensions["settings"].public_url)] == []
