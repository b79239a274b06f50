"""落实台账: what is open, late and done; done by a sentence or a picture; and taken back with a trace."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.clock import today
from forum.consultations.actions import Task, conclude, decide_without_thread
from forum.consultations.finishing import NotDone, finish_action, undo_action
from forum.consultations.ledger import LedgerState, ledger_counts, ledger_page
from forum.consultations.models import ActionItem, ActionUndoing
from forum.consultations.policies import visible_actions
from forum.extensions import db
from forum.media.models import Picture
from forum.notices.models import OutboxMessage
from forum.threads.models import Post, Reach, Thread
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.media.shots import picture
from tests.meetings.makers import make_item, make_meeting

YESTERDAY, SOON = today() - timedelta(days=1), today() + timedelta(days=9)


def text_of(answer):
    return answer.get_data(as_text=True)


def action(actor, what):
    return db.session.scalars(visible_actions(actor).where(ActionItem.what == what)).one()


@pytest.fixture
def ledger(world):
    """One action late, one open, one of a narrowed thread, one that a meeting decided without a thread."""
    thread = make_thread(world.secretary, "地没人种")
    tasks = [Task("量地", world.village.id, YESTERDAY), Task("登记", world.village.id, SOON)]
    conclude(world.organiser, thread, "合起来。", tasks=tasks)
    narrow = make_thread(world.secretary, "两家打起来了", reach=Reach.TOWNSHIP)
    conclude(world.organiser, narrow, "去调。", tasks=[Task("请司法所", world.village.id, SOON)])
    meeting = make_meeting(world, "closed")
    decide_without_thread(world.organiser, meeting.id, [Task("修路灯", world.neighbour.id, YESTERDAY)])
    db.session.commit()
    return thread, meeting


def seen(actor, township_id):
    return {state.value: [row.what for row in ledger_page(actor, township_id, state, 1)] for state in LedgerState}


def test_the_ledger_holds_what_threads_and_meetings_decided_as_far_as_its_reader_may_see_it(world, ledger):
    assert seen(world.neighbour_secretary, world.town.id) == {
        "open": ["登记", "请司法所"],
        "late": ["量地", "修路灯"],
        "done": [],
    }
    assert seen(world.far_secretary, world.town.id) == {"open": ["登记"], "late": ["量地", "修路灯"], "done": []}
    assert ledger_counts(world.far_secretary, world.town.id) == {"open": 1, "late": 2, "done": 0}
    assert seen(world.organiser, world.other_town.id) == {"open": [], "late": [], "done": []}
    assert seen(world.admin, world.town.id) == {"open": [], "late": [], "done": []}


def test_done_can_be_taken_back_by_who_said_so_or_the_organiser_and_leaves_a_trace(browse, world, ledger):
    thread, _meeting = ledger
    finish_action(world.secretary, action(world.secretary, "量地"), "量完了。")
    db.session.commit()
    done = action(world.secretary, "量地")
    page = f"/actions/{done.id}/undo"
    status = {
        who: browse(world.everybody[who]).get(page).status_code
        for who in ("secretary", "organiser", "district", "deputy")
    }
    assert status == {"secretary": 200, "organiser": 200, "district": 200, "deputy": 403}
    browser = browse(world.organiser)
    form = next(f for f in forms_of(text_of(browser.get(page))) if "reason" in f.fields).fields.to_dict()
    answers = {browser.post(page, data=form | {"reason": "东边没量。"}).status_code for _n in range(2)}
    assert answers == {303}
    db.session.rollback()
    back = db.session.get_one(ActionItem, done.id, populate_existing=True)
    assert (back.done_at, back.done_by_id, back.note) == (None, None, "")
    trace = db.session.scalars(select(ActionUndoing)).one()
    assert (trace.note, trace.done_by_id, trace.undone_by_id, trace.reason) == (
        "量完了。",
        world.secretary.id,
        world.organiser.id,
        "东边没量。",
    )
    assert db.session.get_one(Thread, thread.id, populate_existing=True).open_actions == 2
    told = select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "action.undone")
    assert set(db.session.scalars(told)) == {world.secretary.id, world.deputy.id}
    assert "action.undo" in set(db.session.scalars(select(AuditEntry.action)))
    assert "东边没量。" in text_of(browse(world.secretary).get(f"/actions/{done.id}/done"))


def test_what_is_not_done_cannot_be_taken_back(world, ledger):
    with pytest.raises(NotDone):
        undo_action(world.organiser, action(world.organiser, "量地"), "没量")


def test_a_picture_says_it_as_well_as_a_sentence_and_stands_in_the_thread(browse, world, ledger):
    browser, done = browse(world.secretary), action(world.secretary, "登记")
    photo = {"note": "", "photos": [(BytesIO(picture()), "1.jpg")]}
    assert browser.submit(f"/actions/{done.id}/done", photo).status_code == 303
    db.session.rollback()
    done = db.session.get_one(ActionItem, done.id, populate_existing=True)
    assert done.note == "办好了，看照片。"
    assert db.session.scalar(select(Picture.post_id)) == done.post_id
    assert db.session.get_one(Post, done.post_id).thread_id == ledger[0].id
    assert f"/posts/{done.post_id}" in text_of(browser.get(f"/townships/{world.town.id}/ledger?state=done"))


def test_neither_sentence_nor_picture_is_said_at_the_field(browse, world, ledger):
    answer = browse(world.secretary).submit(f"/actions/{action(world.secretary, '登记').id}/done", {"note": ""})
    assert answer.status_code == 422
    assert "写一句话：怎么办的，办成什么样。" in text_of(answer)


def test_what_a_meeting_decided_without_a_thread_is_urged_reviewed_and_finished_like_the_rest(browse, world, ledger):
    _thread, meeting = ledger
    lamp = action(world.neighbour_secretary, "修路灯")
    page = text_of(browse(world.organiser).get("/overdue?what=actions"))
    assert "修路灯" in page
    assert "量地" in page
    sent = next(f for f in forms_of(page) if f.action == f"/actions/{lamp.id}/remind")
    assert browse(world.organiser).submit("/overdue?what=actions", action=sent.action).status_code == 303
    following = make_meeting(world, number=57)
    make_item(world, following, "上期", kind="review")
    assert "修路灯" in text_of(browse(world.far_secretary).get(f"/meetings/{following.id}"))
    answer = browse(world.neighbour_secretary).submit(f"/actions/{lamp.id}/done", {"note": "修好了。"})
    assert answer.location == f"/meetings/{meeting.id}"
    assert seen(world.secretary, world.town.id)["done"] == ["修路灯"]


def test_the_ledger_costs_the_same_for_one_and_for_twenty(browse, world, ledger, count_statements):
    def cost():
        with count_statements() as statements:
            assert browse(world.organiser).get(f"/townships/{world.town.id}/ledger").status_code == 200
        return len(statements)

    cost()
    few = cost()
    thread = make_thread(world.secretary)
    conclude(world.organiser, thread, "好。", tasks=[Task(f"第{n}件", world.village.id, SOON) for n in range(19)])
    db.session.commit()
    assert cost() == few <= 8


def test_a_meeting_shows_its_statement_with_its_actions_after_the_outcome_was_corrected(browse, world):
    meeting = make_meeting(world, "closed")
    thread = make_thread(world.secretary, "地没人种")
    tasks = [Task("量地", world.village.id, SOON)]
    conclude(world.organiser, thread, "合起来。", tasks=tasks, meeting_id=meeting.id)
    conclude(world.organiser, thread, "分开来。", tasks=[Task("登记", world.village.id, SOON)])
    db.session.commit()
    shown = text_of(browse(world.secretary).get(f"/meetings/{meeting.id}"))
    assert "合起来。" in shown
    assert "量地" in shown
    assert "现在的写法在帖子里" in shown
    assert "登记" not in shown
    there = text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    assert "量地" in there
    assert "登记" in there
