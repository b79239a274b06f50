"""意见箱: open to everybody signed in, read by the organiser of the township and by the district."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select, update

from forum.audit.models import AuditEntry
from forum.clock import utcnow
from forum.extensions import db
from forum.moderation.actions import add_suggestion, report_post
from forum.moderation.forms import own_path
from forum.moderation.models import PAGE_LENGTH, SUGGESTION_LENGTH, Report, ReportKind, Suggestion
from forum.paging import PAGE_SIZE
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_post, make_thread
from tests.moderation.conftest import token

Browse = Callable[[Actor | None], Browser]


def suggestions() -> list[Suggestion]:
    db.session.rollback()
    return list(db.session.scalars(select(Suggestion).execution_options(populate_existing=True)))


@pytest.mark.parametrize(
    ("who", "township", "readers"),
    [
        ("secretary", "town", {"organiser", "district"}),
        ("far_secretary", "other_town", {"far_organiser", "district"}),
        ("former", "other_town", {"far_organiser", "district"}),
        ("organiser", "town", {"organiser", "district"}),
        ("expert", None, {"district"}),
        ("district", None, {"district"}),
        ("admin", None, {"district"}),
    ],
)
def test_everybody_may_suggest_and_those_in_whose_care_he_is_read_it(
    world: World, browse: Browse, who: str, township: str | None, readers: set[str]
) -> None:
    answer = browse(world.everybody[who]).submit("/suggestions/new?page=/threads/", {"body": "字再大些"})
    assert (answer.status_code, answer.location) == (303, "/")
    [suggestion] = suggestions()
    expected = getattr(world, township).id if township else None
    assert (suggestion.township_id, suggestion.district_id, suggestion.page) == (
        expected,
        world.district.id,
        "/threads/",
    )
    handlers = {"organiser", "far_organiser", "district"}
    pages = {role: browse(world.everybody[role]).get("/moderation?tab=suggestions").text for role in handlers}
    assert {role for role, page in pages.items() if "字再大些" in page} == readers


def test_who_is_signed_out_is_asked_to_sign_in(world: World, browse: Browse) -> None:
    assert browse(None).get("/suggestions/new").status_code == 303


def test_sent_twice_it_is_one_suggestion(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    sent = {"body": "字再大些", "page": "/", "once": once_of(browser)}
    answers = [browser.post("/suggestions/new", data=sent, headers=token(browser)) for _ in range(3)]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/")] * 3
    assert len(suggestions()) == 1
    assert browser.post("/suggestions/new", data=sent | {"body": "别的"}, headers=token(browser)).status_code == 409
    assert len(suggestions()) == 1


def once_of(browser: Browser) -> str:
    html = browser.get("/suggestions/new").get_data(as_text=True)
    return html.split('name="once"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "先写几句，再交给我们。"),
        (" \n\x00", "先写几句，再交给我们。"),
        ("长" * (SUGGESTION_LENGTH + 1), f"太长了，请在 {SUGGESTION_LENGTH} 字以内。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    world: World, browse: Browse, body: str, message: str
) -> None:
    answer = browse(world.secretary).submit("/suggestions/new?page=/threads/", {"body": body})
    assert answer.status_code == 422
    assert message in answer.text
    assert body.strip(" \n\x00") in answer.text
    assert 'value="/threads/"' in answer.text
    assert suggestions() == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("/", "/"),
        ("/threads/12", "/threads/12"),
        ("/搜?q=水", "/搜?q=水"),
        (None, ""),
        ("", ""),
        ("threads", ""),
        ("https://example.org/", ""),
        ("//example.org", ""),
        ("/\\example.org", ""),
        ("/\t/example.org", ""),
        ("/a\n", ""),
        ("javascript:alert(1)", ""),
        ("/" + "a" * PAGE_LENGTH, ""),
    ],
)
def test_only_a_page_of_ours_goes_along(value: str | None, kept: str) -> None:
    assert own_path(value) == kept


@pytest.mark.parametrize(("who", "status"), [("organiser", 303), ("district", 303), ("far_organiser", 404)])
def test_who_marks_a_suggestion_as_handled(world: World, browse: Browse, who: str, status: int) -> None:
    add_suggestion(world.secretary, "字再大些", "")
    db.session.commit()
    actor = world.everybody[who]
    assert actor
    browser = browse(actor)
    for _again in range(2):
        answer = browser.post(f"/suggestions/{suggestions()[0].id}/handled", headers=token(browser))
        assert answer.status_code == status
    assert suggestions()[0].handled_by_id == (actor.id if status == 303 else None)
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions == (["suggestion.handle"] if status == 303 else [])


def test_what_was_handled_moves_to_its_own_list(world: World, browse: Browse) -> None:
    add_suggestion(world.secretary, "字再大些", "")
    db.session.commit()
    browser = browse(world.organiser)
    browser.submit("/moderation?tab=suggestions", action=f"/suggestions/{suggestions()[0].id}/handled")
    assert "字再大些" not in browser.get("/moderation?tab=suggestions").text
    handled = browser.get("/moderation?tab=handled-suggestions").text
    assert "字再大些" in handled
    assert world.organiser.name in handled


@pytest.mark.parametrize("query", ["", "tab=x", "tab=reports&at=x", "at=W10"])
def test_a_bad_address_shows_what_waits(world: World, browse: Browse, query: str) -> None:
    page = browse(world.organiser).get(f"/moderation?{query}")
    assert page.status_code == 200
    assert "没有等着处理的举报" in page.text


@pytest.mark.parametrize("tab", ["reports", "suggestions", "handled-reports", "handled-suggestions"])
def test_a_list_costs_the_same_for_one_row_and_for_many(
    world: World, browse: Browse, count_statements: Callable[[], AbstractContextManager[list[str]]], tab: str
) -> None:
    browser = browse(world.organiser)
    browser.get("/moderation")
    thread = make_thread(world.secretary)
    costs = []
    for rows in (1, 29):
        for _row in range(rows):
            report_post(world.expert, make_post(thread, world.deputy), ReportKind.OTHER, "看一看")
            add_suggestion(world.secretary, "看一看", "")
        if "handled" in tab:
            for kind in (Report, Suggestion):
                db.session.execute(update(kind).values(handled_at=utcnow(), handled_by_id=world.organiser.id))
        db.session.commit()
        with count_statements() as statements:
            page = browser.get(f"/moderation?tab={tab}").text
        assert page.count("看一看") == min(rows, PAGE_SIZE)
        costs.append(len(statements))
    assert costs == [3, 3]  # session and person with the unread in the header, the rows, what waits
