"""The minutes: written item by item by several hands, marked, published at closing, issued, and corrected in versions."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.clock import today
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.agenda import HasMinutes, Line, add_item, remove_item
from forum.meetings.minutes.actions import Marked, add_mark, change_mark, part_of, remove_mark, write_part
from forum.meetings.minutes.differences import Change, changed_parts, line_changes
from forum.meetings.minutes.models import MarkKind, Minutes, MinutesMark, MinutesPart, MinutesVersion
from forum.meetings.minutes.publishing import IssuedBefore, correct, issue
from forum.meetings.minutes.queries import as_text, minutes_of
from forum.meetings.minutes.sentences import sentences
from forum.meetings.models import AgendaKind
from forum.notices.models import OutboxMessage
from forum.threads.models import Reach
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.meetings.makers import began, link, make_item, make_meeting, place, reloaded


def text_of(answer):
    return answer.get_data(as_text=True)


def bodies():
    db.session.rollback()
    rows = db.session.execute(select(MinutesPart.item_id, MinutesPart.body).order_by(MinutesPart.id))
    return [tuple(row) for row in rows]


def told(kind):
    return sorted(db.session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)))


@pytest.fixture
def held(world):
    """A meeting that took place, with two lines."""
    meeting = make_meeting(world, "held")
    return reloaded(meeting), make_item(world, meeting).id, make_item(world, meeting, "后柳村讲水费").id


# ---- writing ----


def test_two_note_takers_on_different_items_do_not_meet(world, held):
    meeting, one, two = held
    write_part(world.organiser, meeting, "甲记的", item_id=one, version=0)
    write_part(world.deputy, meeting, "乙记的", item_id=two, version=0)
    write_part(world.organiser, meeting, "甲又记的", item_id=one, version=1)
    db.session.commit()
    assert bodies() == [(one, "甲又记的"), (two, "乙记的")]


def test_on_the_same_item_nobody_overwrites(world, held):
    meeting, one, _two = held
    write_part(world.organiser, meeting, "甲记的", item_id=one, version=0, hand="甲")
    for version in (0, 2):
        with pytest.raises(ChangedMeanwhile):
            write_part(world.deputy, meeting, "乙记的", item_id=one, version=version, hand="乙")
    assert part_of(meeting.id, one).body == "甲记的"


def test_whose_answer_was_lost_may_send_again_but_not_across_others(world, held):
    meeting, one, _two = held
    write_part(world.organiser, meeting, "开头", item_id=one, version=0, hand="甲")
    assert write_part(world.organiser, meeting, "开头和后来", item_id=one, version=0, hand="甲").version == 2
    assert write_part(world.organiser, meeting, "开头和后来", item_id=one, version=2, hand="甲").version == 2
    write_part(world.deputy, meeting, "乙接着记", item_id=one, version=2, hand="乙")
    with pytest.raises(ChangedMeanwhile):
        write_part(world.organiser, meeting, "甲接着记", item_id=one, version=2, hand="甲")


def test_the_trail_names_each_writer_once_and_not_each_pause_in_his_typing(world, held):
    meeting, one, _two = held
    for version, who in enumerate([world.organiser, world.organiser, world.deputy, world.deputy]):
        write_part(who, meeting, "字" * (version + 1), item_id=one, version=version)
    entries = select(AuditEntry.actor_id).where(AuditEntry.action == "meeting.minutes").order_by(AuditEntry.id)
    assert db.session.scalars(entries).all() == [world.organiser.id, world.deputy.id]


def test_a_line_with_minutes_stays_on_the_agenda(world, held):
    meeting, one, two = held
    part = write_part(world.organiser, meeting, "", item_id=one, version=0)
    mark = add_mark(world.organiser, meeting, part, MarkKind.ACTION, Marked("量地"))
    items = {item.id: item for item in db.session.scalars(select(type(make_item(world, meeting))))}
    with pytest.raises(HasMinutes):
        remove_item(world.organiser, meeting, items[one])
    remove_mark(meeting, mark)
    remove_item(world.organiser, meeting, items[one])
    remove_item(world.organiser, meeting, items[two])


@pytest.mark.parametrize("state", ["draft", "postponed", "cancelled", "closed"])
def test_parts_and_marks_are_written_between_announcing_and_closing(world, state):
    meeting = make_meeting(world, state)
    with pytest.raises(WrongState):
        write_part(world.organiser, meeting, "话", version=0)


def test_a_marked_sentence_keeps_its_words_and_is_marked_once(world, held):
    meeting, one, _two = held
    part = write_part(world.organiser, meeting, "先量地。再种树。", item_id=one, version=0)
    first = add_mark(world.organiser, meeting, part, MarkKind.ACTION, Marked("先量地。"))
    assert add_mark(world.deputy, meeting, part, MarkKind.ACTION, Marked("先量地。")).id == first.id
    change_mark(meeting, first, Marked("先量三村的地。", world.village.id, None, today()))
    write_part(world.organiser, meeting, "都改了。", item_id=one, version=1)
    db.session.commit()
    mark = db.session.scalars(select(MinutesMark)).one()
    assert (mark.text, mark.unit_id, mark.due) == ("先量三村的地。", world.village.id, today())


# ---- published ----


@pytest.fixture
def closed(world):
    """A closed meeting whose minutes say 说了三件事。"""
    return reloaded(make_meeting(world, "closed"))


def numbers():
    rows = select(MinutesVersion.number, MinutesVersion.revision, MinutesVersion.reason).order_by(MinutesVersion.id)
    return [tuple(row) for row in db.session.execute(rows)]


def test_before_they_are_issued_corrections_are_revisions_and_afterwards_versions_that_say_why(world, closed):
    correct(world.organiser, closed, "说了四件事。", version=1)
    correct(world.organiser, closed, "说了四件事。", version=2)  # the same again
    issue(world.organiser, closed, today())
    with pytest.raises(ValueError, match="what changed"):
        correct(world.organiser, closed, "说了五件事。", version=2)
    correct(world.organiser, closed, "说了五件事。", version=2, reason="漏了一件")
    db.session.commit()
    assert numbers() == [(1, 1, ""), (1, 2, ""), (2, 1, "漏了一件")]
    assert told("meeting.corrected") == sorted([world.secretary.id, world.neighbour_secretary.id])
    minutes = db.session.scalars(select(Minutes)).one()
    assert (minutes.number, minutes.issued_on) == (2, today())
    with pytest.raises(IssuedBefore):
        issue(world.organiser, closed, today())


def test_two_who_correct_at_once_do_not_overwrite_each_other(world, closed):
    correct(world.organiser, closed, "甲改的", version=1)
    with pytest.raises(ChangedMeanwhile):
        correct(world.deputy, closed, "乙改的", version=1)


def test_what_a_narrowed_thread_was_about_stays_as_narrow_in_the_minutes(world):
    meeting = make_meeting(world, "held")
    thread = make_thread(world.secretary, "两家为宅基地打起来了", reach=Reach.TOWNSHIP)
    item = link(world, meeting, thread)
    write_part(world.organiser, reloaded(meeting), "司法所去调。", item_id=item.id, version=0)
    write_part(world.organiser, reloaded(meeting), "散会。", version=0)
    db.session.commit()
    own, foreign = (as_text(minutes_of(actor, meeting.id)) for actor in (world.secretary, world.far_secretary))
    assert own == "# 书记提问书记答：两家为宅基地打起来了\n司法所去调。\n\n# 其他\n散会。"
    assert foreign == "散会。"


def test_whatever_is_done_the_versions_tell_the_whole_story(world):
    """A walk: each saved correction is one version more, and the latest reads as the minutes do."""
    random = Random(5)
    meeting = reloaded(make_meeting(world, "closed"))
    issued = False
    for step in range(40):
        part = part_of(meeting.id, None)
        version = random.choice([part.version, part.version, part.version - 1])
        body = random.choice([part.body, f"第 {step} 步", ""])
        try:
            if random.random() < 0.1:
                issue(world.organiser, meeting, today())
                issued = True
            else:
                correct(world.organiser, meeting, body, version=version, reason=random.choice(["", "改字"]))
        except (ChangedMeanwhile, IssuedBefore, ValueError):
            pass
        db.session.flush()
        versions = db.session.scalars(select(MinutesVersion).order_by(MinutesVersion.id)).all()
        assert [v.parts[0]["body"] if v.parts else "" for v in versions][-1] == part_of(meeting.id, None).body
        assert len({(v.number, v.revision) for v in versions}) == len(versions)
        assert all(v.reason for v in versions if v.number > 1)
        assert issued or all(v.number == 1 for v in versions)


# ---- pages ----


def test_the_whole_is_written_without_script_and_shown_to_others_once_closed(browse, world, held):
    meeting, one, two = held
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}"
    body = "# 定了三件\n1、先量地\n<script>alert(1)</script>"
    answer = browser.submit(f"{page}/minutes/{one}", {"body": body, "then": "next"})
    assert answer.location == f"{page}/minutes/{two}"
    assert bodies() == [(one, body)]
    assert "先量地" in text_of(browser.get(page))
    assert "先量地" in text_of(browser.get(f"{page}/minutes"))
    assert "先量地" not in text_of(browse(world.secretary).get(page))
    assert "<script>alert" not in text_of(browser.get(page))


def test_what_is_typed_is_kept_without_a_word_and_a_clash_is_told(browse, world, held):
    meeting, one, _two = held
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/minutes/{one}"
    fields = next(f.fields for f in forms_of(text_of(browser.get(page))) if "body" in f.fields).to_dict()
    kept = browser.post(f"{page}/keep", data=fields | {"body": "边说边记"})
    assert (kept.status_code, kept.json) == (200, {"version": 1})
    assert browser.post(f"{page}/keep", data=fields | {"body": "边说边记，又记"}).json == {"version": 2}
    assert browse(world.district_staff).submit(page, {"body": "另一个人记的"}).status_code == 303
    clash = browser.post(f"{page}/keep", data=fields | {"body": "还在记", "version": "2"})
    assert clash.status_code == 409
    both = browser.post(page, data=fields | {"body": "还在记", "version": "2"})
    assert both.status_code == 409
    assert "另一个人记的" in text_of(both)
    assert "还在记" in text_of(both)
    form = next(f for f in forms_of(text_of(both)) if "body" in f.fields)
    assert browser.post(page, data=form.fields.to_dict() | {"body": "合成一份"}).status_code == 303
    assert bodies() == [(one, "合成一份")]
    assert browser.post(f"{page}/keep", data=fields | {"body": "字" * 10_001}).status_code == 422


def test_too_much_for_one_item_is_said_at_the_field_and_kept(browse, world, held):
    meeting, one, _two = held
    answer = browse(world.organiser).submit(f"/meetings/{meeting.id}/minutes/{one}", {"body": "字" * 10_001})
    assert answer.status_code == 422
    assert "太长了，一项请在一万字以内。" in text_of(answer)
    assert "字" * 10_001 in text_of(answer)
    assert (
        browse(world.organiser).submit(f"/meetings/{meeting.id}/minutes/{one}", {"body": "字" * 10_000}).status_code
        == 303
    )


def test_sentences_are_marked_by_selecting_or_by_ticking(browse, world, held):
    meeting, one, _two = held
    browser, page = browse(world.organiser), f"/meetings/{meeting.id}/minutes/{one}"
    selected = {"body": "先量地。再种树！", "selected": "先量\n地。", "then": "action"}
    answer = browser.submit(page, selected)
    mark = db.session.scalars(select(MinutesMark)).one()
    assert (mark.kind, mark.text) == ("action", "先量 地。")
    assert answer.location == f"/meetings/{meeting.id}/minutes/marks/{mark.id}"
    due = f"{today() + timedelta(days=9)}"
    assert browser.submit(answer.location, {"unit": f"{world.village.id}", "due": due}).status_code == 303
    assert "前柳村" in text_of(browser.get(page))
    assert browser.submit(page, {"body": "先量地。再种树！", "then": "action"}).location == f"{page}/marks"
    assert browser.submit(f"{page}/marks", {"sentences": ["1"], "kind": "action"}).status_code == 303
    assert set(db.session.scalars(select(MinutesMark.text))) == {"先量 地。", "再种树！"}


def test_versions_show_what_changed_in_plain_words(browse, world, closed):
    browser, page = browse(world.organiser), f"/meetings/{closed.id}/minutes"
    assert "没有改过。" in text_of(browse(world.secretary).get(f"{page}/versions"))
    assert browser.submit(f"{page}/issue").status_code == 303
    answer = browser.submit(f"{page}/0", {"body": "说了四件事。"})
    assert answer.status_code == 422
    assert "请写明改了什么、为什么改。" in text_of(answer)
    assert browser.submit(f"{page}/0", {"body": "说了四件事。", "reason": "漏了一件"}).status_code == 303
    shown = text_of(browse(world.far_secretary).get(f"{page}/versions"))
    for words in ("第 2 版", "漏了一件", "<del>说了三件事。</del>", "<ins>说了四件事。</ins>"):
        assert words in shown


# ---- pure ----


@pytest.mark.pure
def test_sentences_of_a_text():
    text = "# 定了三件\n1、先量地。再种树！\n\n- **谁来办**？\n先量地。"
    assert sentences(text) == ["定了三件", "先量地。", "再种树！", "谁来办？"]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("former", "present", "changes"),
    [
        ("一\n二\n三", "一\n三", [(("二",), ())]),
        ("一", "一\n二", [((), ("二",))]),
        ("一\n二", "一\n两", [(("二",), ("两",))]),
        ("", "一", [((), ("一",))]),
        ("一", "一", []),
    ],
)
def test_line_by_line_differences(former, present, changes):
    assert line_changes(former, present) == tuple(Change(*change) for change in changes)


@pytest.mark.pure
def test_a_part_of_a_thread_that_the_reader_may_not_open_is_left_out_of_the_differences():
    part = {"item": 1, "thread": 7, "kind": "question", "title": "宅基地"}
    changed = changed_parts([], [part | {"body": "一"}], readable={("thread", 7)})
    assert [c.changes for c in changed] == [(Change((), ("一",)),)]
    assert changed_parts([], [part | {"body": "一"}], readable=set()) == []


# ---- who writes ----


def test_a_note_taker_writes_of_his_own_sitting_and_of_what_all_have(browse, world):
    hours = (began(60), began(60))
    first, second = (place(at, place=name) for at, name in zip(hours, ("前柳村", "后柳村"), strict=True))
    sittings = (
        replace(first, note_taker_id=world.deputy.id),
        replace(second, note_taker_id=world.neighbour_secretary.id),
    )
    meeting = make_meeting(world, "announced", hours[0], sittings=sittings)
    here, there = (sitting.id for sitting in meeting.sittings)
    items = [make_item(world, meeting, f"{n}", sitting_id=sitting).id for n, sitting in enumerate((None, here, there))]
    for who, expected in (
        (world.deputy, [200, 200, 403]),
        (world.neighbour_secretary, [200, 403, 200]),
        (world.organiser, [200] * 3),
        (world.far_organiser, [403] * 3),
        (world.secretary, [403] * 3),
    ):
        browser = browse(who)
        assert [browser.get(f"/meetings/{meeting.id}/minutes/{item}").status_code for item in items] == expected
    other = make_meeting(world, "announced", number=57)
    assert browse(world.deputy).get(f"/meetings/{other.id}/minutes/0").status_code == 403


def test_who_takes_notes_sees_of_the_agenda_what_was_published(browse, world):
    meeting = make_meeting(world, "announced", note_taker_id=world.deputy.id)
    later = add_item(world.organiser, reloaded(meeting), Line(AgendaKind.CASE, "还没发布的一项")).id
    db.session.commit()
    page = f"/meetings/{meeting.id}/minutes"
    for who, sees in ((world.organiser, True), (world.deputy, False)):
        assert ("还没发布的一项" in text_of(browse(who).get(page))) == sees
        assert browse(who).get(f"{page}/{later}").status_code == (200 if sees else 404)
