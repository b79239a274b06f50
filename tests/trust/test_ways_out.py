"""Rights end with the next request, and no address leads away from the site."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from forum.clock import today, utcnow
from forum.extensions import db, limiter
from forum.units.models import Person, Posting
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_ways_back import HOSTILE
from tests.trust.conftest import Visit
from tests.trust.rights import address, ask, read_table
from tests.trust.stage import Scene

pytestmark = pytest.mark.pure  # rights are asked on both databases; what pages then say is the same

ROWS = read_table()
OWN = (
    "/posts/<post_id>/edit",
    "/posts/<post_id>/revisions",
    "/posts/<post_id>/confirm",
    "/trips/<trip_id>/note",
    "/pictures/<key>",
    "/pictures/<key>/thumb",
    "/documents/<key>",
    "/documents/<key>/page",
    "/me/sessions/<session_id>/end",
)


def test_whoever_left_office_is_refused_at_once_but_for_his_own_writing(
    app: Flask, scene: Scene, visit: Visit, any_once: None
) -> None:
    """The session goes on; every line of the table then answers as to any former secretary."""
    db.session.execute(
        update(Posting).where(Posting.person_id == scene.world.secretary.id).values(until=today() - timedelta(days=1))
    )
    db.session.commit()
    wrong = []
    for row in ROWS:
        if row.answers["former"] not in (403, 404) or row.answers["secretary"] in (404, 409):
            continue
        limiter.reset()
        answer = ask(app, scene, visit("secretary"), row, "secretary")
        answer.close()
        kept = row.route in OWN and answer.status_code == row.answers["secretary"]
        if answer.status_code != row.answers["former"] and not kept:
            wrong.append(f"{row}: {answer.status}")
    assert wrong == []


def test_whoever_is_disabled_is_signed_out_at_once(app: Flask, scene: Scene, visit: Visit) -> None:
    visitor = visit("organiser")
    assert visitor.get("/moderation").status_code == 200
    db.session.execute(update(Person).where(Person.id == scene.world.organiser.id).values(disabled_at=utcnow()))
    db.session.commit()
    for row in (row for row in ROWS if row.method == "GET" and row.answers["nobody"] == 303):
        answer = visitor.get(address(app, scene, row))
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), row


@pytest.mark.parametrize(
    ("role", "page", "fields"),
    [
        ("nobody", "/sign-in", {"password": PASSWORD}),
        ("secretary", "/language", {"language": "en"}),
        ("secretary", "/type-size", {"size": "large"}),
        ("secretary", "/me/posting", {"posting": "1"}),
        ("secretary", "/me/privacy", {}),
    ],
)
def test_no_next_leads_away(scene: Scene, visit: Visit, role: str, page: str, fields: dict[str, str]) -> None:
    if page == "/sign-in":
        fields = fields | {"phone": scene.ids["phone", "secretary"]}
    visitors = visit(role)
    for target in HOSTILE:
        limiter.reset()
        visitor = visit(role) if role == "nobody" else visitors
        answer = visitor.send(page, fields | {"next": target})
        assert answer.status_code == 303, target
        parts = urlsplit(answer.location)
        assert (parts.scheme, parts.netloc) == ("", ""), target
        assert answer.location.startswith("/"), target
        assert "evil" not in parts.netloc + parts.path, target
