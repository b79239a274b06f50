"""Whoever points out a post is told what became of it, and whoever wrote it never learns who did."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.moderation.actions import answer_report, report_post
from forum.moderation.models import Report, ReportKind, Verdict
from forum.moderation.policies import visible_reports
from forum.notices.kinds import Told, show_notices
from forum.notices.models import OutboxMessage
from forum.threads.models import Post
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_post, make_thread

Browse = Callable[[Actor | None], Browser]


@pytest.fixture
def post(world: World) -> Post:
    """A reply of the deputy that two have pointed out."""
    post = make_post(make_thread(world.secretary), world.deputy, "他家的地都是骗来的。")
    report_post(world.secretary, post, ReportKind.INSULT, "这话伤人")
    report_post(world.expert, post, ReportKind.FALSE, "")
    db.session.commit()
    return post


def told() -> set[tuple[int, str]]:
    db.session.rollback()
    return {(m.recipient_id, m.kind) for m in db.session.scalars(select(OutboxMessage))}


def report_id(world: World) -> int:
    return db.session.scalars(select(Report.id).where(Report.reporter_id == world.secretary.id)).one()


@pytest.mark.parametrize(
    ("verdict", "words", "is_hidden", "author_hears"),
    [
        (Verdict.HIDDEN, "伤了和气", True, "thread.hidden"),
        (Verdict.ASKED, "去掉后一句", False, "report.asked"),
        (Verdict.LEFT, "", False, None),
    ],
)
def test_one_answer_is_for_everybody_who_pointed_it_out(
    world: World, browse: Browse, post: Post, verdict: Verdict, words: str, is_hidden: bool, author_hears: str | None
) -> None:
    sent = {"verdict": verdict.value, "words": words, "answer": "谢谢您"}
    answer = browse(world.organiser).submit(f"/reports/{report_id(world)}", sent)
    assert (answer.status_code, answer.location) == (303, "/moderation")
    db.session.refresh(post)
    assert (post.hidden_at is not None, post.hidden_reason) == (is_hidden, words if is_hidden else "")
    expected = {(world.secretary.id, "report.answered"), (world.expert.id, "report.answered")}
    assert told() == expected | ({(world.deputy.id, author_hears)} if author_hears else set())
    answered = db.session.scalars(select(Report)).all()
    assert {(r.verdict, r.answer, r.handled_by_id) for r in answered} == {(verdict, "谢谢您", world.organiser.id)}
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == (["post.hide"] if is_hidden else []) + ["report.answer"]


def test_the_reporter_reads_the_answer_and_the_author_only_what_he_is_asked(
    world: World, browse: Browse, post: Post
) -> None:
    report = db.session.scalars(visible_reports(world.organiser).where(Report.reporter_id == world.secretary.id)).one()
    answer_report(world.organiser, report, Verdict.ASKED, words="去掉后一句", answer="说得对")
    db.session.commit()
    with browse(None).application.test_request_context():
        shown = show_notices(world.deputy, [Told("report.asked", report.id), Told("report.answered", report.id)])
        [(kind, notice)] = [(one.kind, notice) for one, notice in shown.items()]
        assert (kind, str(notice.text), notice.url) == (
            "report.asked",
            "镇里请您改一改写过的一条：去掉后一句",
            f"/posts/{post.id}/edit",
        )
        shown = show_notices(world.secretary, [Told("report.asked", report.id), Told("report.answered", report.id)])
        assert [str(n.text) for n in shown.values()] == ["您举报的一条看过了，请写的人改了。说得对"]
    own = browse(world.secretary).get("/me/reports").text
    assert "说得对" in own
    assert "这话伤人" in own
    assert "这话伤人" not in browse(world.deputy).get("/me/reports").text


def test_the_second_to_answer_changes_nothing(world: World, post: Post) -> None:
    reports = db.session.scalars(visible_reports(world.organiser).order_by(Report.id)).all()
    assert answer_report(world.organiser, reports[0], Verdict.LEFT)
    db.session.commit()
    assert not answer_report(world.district_staff, reports[1], Verdict.HIDDEN, words="不合适")
    db.session.commit()
    assert post.hidden_at is None


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "请选怎么办。"),
        ({"verdict": "hidden"}, "请写明为什么隐藏，写的人会看到。"),
        ({"verdict": "asked"}, "请写明请他改哪里。"),
    ],
)
def test_nobody_is_hidden_or_asked_without_a_word(
    world: World, browse: Browse, post: Post, sent: dict[str, str], message: str
) -> None:
    answer = browse(world.organiser).submit(f"/reports/{report_id(world)}", sent | {"answer": "谢谢您提醒"})
    assert answer.status_code == 422
    assert message in answer.text
    assert "谢谢您提醒" in answer.text
    assert told() == set()
