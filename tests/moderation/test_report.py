"""举报: whoever may read another's post may point it out, once; those who look after its township read it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.moderation.actions import report_post
from forum.moderation.models import REASON_LENGTH, Report, ReportKind
from forum.moderation.policies import visible_reports
from forum.threads.models import Post, Reach
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_post, make_thread

Browse = Callable[[Actor | None], Browser]


@pytest.fixture
def post(world: World) -> Post:
    """A reply in the township of the tests' secretary."""
    return make_post(make_thread(world.secretary), world.deputy)


def reports() -> list[tuple[int, ReportKind, str]]:
    db.session.rollback()
    rows = db.session.execute(select(Report.reporter_id, Report.kind, Report.reason).order_by(Report.id))
    return [(row.reporter_id, row.kind, row.reason) for row in rows]


def test_a_post_is_pointed_out(world: World, browse: Browse, post: Post) -> None:
    answer = browse(world.secretary).submit(
        f"/posts/{post.id}/report", {"kind": "privacy", "reason": "写了人家的电话。"}
    )
    assert (answer.status_code, answer.location) == (303, f"/posts/{post.id}")
    assert reports() == [(world.secretary.id, ReportKind.PRIVACY, "写了人家的电话。")]


def test_the_same_person_points_out_a_post_once(world: World, browse: Browse, post: Post) -> None:
    url, secretary = f"/posts/{post.id}/report", browse(world.secretary)
    for kind in ("insult", "insult", "false"):
        assert secretary.submit(url, {"kind": kind}).status_code == 303
    browse(world.expert).submit(url, {"kind": "false"})
    assert reports() == [(world.secretary.id, ReportKind.INSULT, ""), (world.expert.id, ReportKind.FALSE, "")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "请选一个原因。"),
        ({"kind": "boring"}, "请选一个原因。"),
        ({"kind": "other", "reason": " \n"}, "请写一写是什么原因。"),
        ({"kind": "false", "reason": "长" * (REASON_LENGTH + 1)}, f"太长了，请在 {REASON_LENGTH} 字以内。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    world: World, browse: Browse, post: Post, typed: dict[str, str], message: str
) -> None:
    answer = browse(world.secretary).submit(f"/posts/{post.id}/report", typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert typed.get("reason", "").strip() in answer.text
    assert reports() == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("neighbour", 200),
        ("organiser", 200),
        ("deputy", 403),  # his own words
        ("far_secretary", 404),
        ("far_organiser", 404),
        ("district", 404),  # narrowed to the township
        ("admin", 404),
        ("former", 403),
        ("nobody", 303),
    ],
)
def test_who_may_point_out_a_post(world: World, browse: Browse, who: str, status: int) -> None:
    post = make_post(make_thread(world.secretary, reach=Reach.TOWNSHIP), world.deputy)
    assert browse(world.everybody[who]).get(f"/posts/{post.id}/report").status_code == status


def test_nobody_reports_what_was_hidden_from_him(world: World, browse: Browse, post: Post) -> None:
    post.hidden_at = utcnow()
    db.session.commit()
    assert browse(world.secretary).get(f"/posts/{post.id}/report").status_code == 404


@pytest.mark.parametrize(
    ("reach", "readers"),
    [
        (Reach.DISTRICT, {"organiser", "district"}),
        (Reach.TOWNSHIP, {"organiser"}),
    ],
)
def test_who_reads_a_report(world: World, browse: Browse, reach: Reach, readers: set[str]) -> None:
    post = make_post(make_thread(world.secretary, reach=reach), world.deputy)
    report_post(world.secretary, post, ReportKind.OTHER, "这话不合适")
    db.session.commit()
    statuses = {
        who: page.status_code
        for who, actor in world.everybody.items()
        for page in [browse(actor).get("/moderation")]
        if page.status_code != 200 or "这话不合适" in page.text
    }
    refused = dict.fromkeys(world.everybody, 403) | {"nobody": 303}
    for who in ("organiser", "far_organiser", "district"):
        del refused[who]
    assert statuses == refused | dict.fromkeys(readers, 200)


def test_nobody_reads_who_reported_his_own_post(world: World, browse: Browse) -> None:
    post = make_post(make_thread(world.secretary), world.organiser)
    report_post(world.secretary, post, ReportKind.OTHER, "组织员说得不对")
    db.session.commit()
    assert "组织员说得不对" not in browse(world.organiser).get("/moderation").text
    assert "组织员说得不对" in browse(world.district_staff).get("/moderation").text


def test_a_report_of_a_hidden_post_stays_with_those_who_look_after_it(world: World, post: Post) -> None:
    report_post(world.secretary, post, ReportKind.OTHER, "")
    post.hidden_at = utcnow()
    db.session.commit()
    assert len(db.session.scalars(visible_reports(world.organiser)).all()) == 1
