"""Papers of a meeting: laid out as offices want them, saying what their reader may open, and nothing that could run."""

from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from forum.consultations.actions import Task, Written, conclude
from forum.extensions import db
from forum.meetings import afterwards
from forum.meetings.closing.actions import Closing, Conclusion, close
from forum.meetings.minutes.actions import write_part
from forum.meetings.models import Meeting
from forum.threads.models import Reach, Thread
from forum.units.models import Person, Unit
from tests.factories import make_thread
from tests.meetings.makers import link, make_item, make_meeting, reloaded

HOSTILE = ("=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", '<w:p>&"', "a/b:c*?")


def words_of(answer):
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def close_with(world, thread, **values):
    meeting = make_meeting(world, "held", **values)
    link(world, meeting, thread)
    meeting = reloaded(meeting)
    afterwards.take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
    write_part(world.organiser, meeting, "# 讲了什么\n前柳村讲了**流转**。", version=0)
    task = Task("登记土地", world.village.id, None)
    written = Written(statement="成立合作社", tasks=[task])
    found = [Conclusion(db.session.get_one(Thread, thread.id), written)]
    close(world.organiser, reloaded(meeting), Closing(found))
    db.session.commit()
    return meeting


def test_minutes_say_what_was_found_and_who_does_it(browse, world):
    meeting = close_with(world, make_thread(world.secretary, "地没人种"))
    said = words_of(browse(world.organiser).get(f"/meetings/{meeting.id}/minutes.docx"))
    for text in (
        "会议纪要",
        "第 56 期",
        "地没人种怎么办",
        "讲了什么",
        "前柳村讲了流转。",
        "成立合作社",
        "登记土地",
    ):
        assert text in said
    assert f"出席：{world.village.name}{world.secretary.name}" in said
    assert "出席：" not in words_of(browse(world.far_secretary).get(f"/meetings/{meeting.id}/minutes.docx"))


@pytest.mark.parametrize("reach", [Reach.TOWNSHIP, Reach.PANEL])
def test_a_narrowed_thread_is_on_no_paper_of_who_may_not_open_it(browse, world, reach):
    meeting = close_with(world, make_thread(world.secretary, "家里的事", reach=reach))
    url = f"/meetings/{meeting.id}/minutes.docx"
    assert "家里的事" in words_of(browse(world.organiser).get(url))
    for actor in (world.far_secretary, world.district_staff):
        said = words_of(browse(actor).get(url))
        assert "家里的事" not in said
        assert "成立合作社" not in said
    book = browse(world.district_staff).get(f"/townships/{world.town.id}/ledger.xlsx")
    assert "登记土地" not in str(list(load_workbook(BytesIO(book.data)).active.values))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_and_never_a_formula(browse, world, name):
    thread = make_thread(world.secretary, "地没人种")
    make_meeting(world, theme=name)
    conclude(world.organiser, thread, "定了", tasks=[Task(name, world.village.id, None)])
    db.session.execute(db.update(Person).where(Person.id == world.secretary.id).values(name=name))
    db.session.execute(db.update(Unit).where(Unit.id == world.town.id).values(name=name))
    db.session.commit()
    meeting_id = db.session.scalar(db.select(Meeting.id))
    organiser = browse(world.organiser)
    for url in (f"/meetings/{meeting_id}/attendance.xlsx", f"/townships/{world.town.id}/ledger.xlsx"):
        answer = organiser.get(url)
        cells = [cell for row in load_workbook(BytesIO(answer.data)).active.iter_rows() for cell in row if cell.value]
        assert {cell.data_type for cell in cells} == {"s"}
        assert name in [cell.value for cell in cells]
    for url in (f"/meetings/{meeting_id}/attendance.docx", f"/meetings/{meeting_id}/minutes.docx"):
        answer = organiser.get(url)
        assert name in words_of(answer)
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_the_ledger_has_what_is_open_first_with_its_state(browse, world):
    close_with(world, make_thread(world.secretary, "地没人种"))
    answer = browse(world.organiser).get(f"/townships/{world.town.id}/ledger.xlsx")
    _title, headers, line = load_workbook(BytesIO(answer.data)).active.values
    found = dict(zip(headers, line, strict=True))
    assert (found["落实事项"], found["责任单位"], found["状态"]) == ("登记土地", world.village.name, "在办")
    assert (found["来自帖子"], found["哪一期"]) == ("地没人种", "第56期")


def test_a_sheet_to_sign_lists_everybody_expected(browse, world):
    meeting = make_meeting(world)
    said = words_of(browse(world.organiser).get(f"/meetings/{meeting.id}/attendance.docx"))
    assert world.secretary.name in said
    assert "签字" in said


def test_papers_cost_the_same_for_many_lines(browse, world, count_statements):
    organiser = browse(world.organiser)
    meeting = make_meeting(world, "closed")
    with count_statements() as one:
        organiser.get(f"/meetings/{meeting.id}/minutes.docx")
    other = make_meeting(world, number=57)
    for n in range(4):
        make_item(world, other, f"第{n}项")
    with count_statements() as many:
        organiser.get(f"/meetings/{other.id}/minutes.docx")
    assert len(many) <= len(one) <= 8
