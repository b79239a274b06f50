"""Papers of a meeting: laid out as offices want them, saying what their reader may open, and nothing that could run."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from forum.clock import full_day, today
from forum.consultations.actions import Task, conclude
from forum.extensions import db
from forum.meetings.minutes.actions import write_part
from forum.meetings.minutes.publishing import correct, issue
from forum.meetings.models import Meeting
from forum.threads.models import Reach
from forum.units.models import Person, Unit
from tests.factories import make_thread
from tests.meetings.makers import close_with, make_item, make_meeting, reloaded

HOSTILE = ("=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", '<w:p>&"', "a/b:c*?")


def words_of(answer):
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


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


def test_a_corrected_version_says_what_changed_and_bears_its_own_day(browse, world):
    meeting = make_meeting(world, "closed")
    browser, url = browse(world.secretary), f"/meetings/{meeting.id}/minutes.docx"
    issue(world.organiser, reloaded(meeting), date(2026, 3, 9))
    db.session.commit()
    said = words_of(browser.get(url))
    assert "2026年3月9日印发" in said
    assert "第2版" not in said
    correct(world.organiser, reloaded(meeting), "说了四件事。", version=1, reason="补上第四件事")
    db.session.commit()
    said = words_of(browser.get(url))
    for text in ("（第2版，修改了：补上第四件事）", f"{full_day(today())}印发", "说了四件事。"):
        assert text in said


@pytest.mark.parametrize(
    "body", ["", "说" * 10_000, "前柳村 שלום 讲\n\u200fمرحبا", "\n".join(f"{n}、一句" for n in range(500))]
)
def test_minutes_of_any_length_and_script_are_printed(browse, world, body):
    meeting = make_meeting(world, "held", theme="地" * 80)
    if body:
        write_part(world.organiser, reloaded(meeting), body, version=0)
        db.session.commit()
    said = words_of(browse(world.organiser).get(f"/meetings/{meeting.id}/minutes.docx"))
    assert ("会议记录" in said) == bool(body)
    assert body.splitlines()[-1:] == [] or body.splitlines()[-1] in said


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
