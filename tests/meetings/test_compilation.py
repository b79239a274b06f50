"""A year's compilation: each closed meeting with what it found and what became of it, as far as its reader may open it."""

from io import BytesIO
from time import process_time
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from docx import Document

from forum.clock import today, utcnow
from forum.consultations.models import ActionItem
from forum.extensions import db
from forum.library.models import ExperienceSource
from forum.meetings.models import AgendaKind
from forum.meetings.papers.compilation import Year, compilation_paper
from forum.threads.models import Reach
from tests.factories import make_thread, save
from tests.library.adopting import published_card
from tests.meetings.makers import close_with, make_meeting


def compiled(browser, world, year=None):
    answer = browser.get(f"/townships/{world.town.id}/compilation.docx?year={year or today().year}")
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_it_says_what_was_found_who_did_it_and_which_card_came_of_it(browse, world):
    thread = make_thread(world.secretary, "地没人种")
    close_with(world, thread)
    save(ExperienceSource(experience_id=published_card(world, title="先建两个棚").id, thread_id=thread.id))
    action = db.session.scalars(db.select(ActionItem)).one()
    action.done_at, action.note = utcnow(), "登记了三十户"
    db.session.commit()
    said = compiled(browse(world.far_secretary), world)
    for text in (
        f"{today().year}年汇编",
        "共1期",
        "第56期　地没人种怎么办",
        "成立合作社",
        "登记土地",
        "已办。登记了三十户",
    ):
        assert text in said
    for text in ("《先建两个棚》（前柳村）", "议定落实事项1件，已办1件，做成经验卡1张", "1/1"):
        assert text in said
    assert world.secretary.name not in said  # who came is for those who ran it


@pytest.mark.parametrize("reach", [Reach.TOWNSHIP, Reach.PANEL])
def test_a_narrowed_thread_is_in_no_compilation_of_who_may_not_open_it(browse, world, reach):
    close_with(world, make_thread(world.secretary, "家里的事", reach=reach))
    assert "家里的事" in compiled(browse(world.organiser), world)
    for actor in (world.far_secretary, world.district_staff):
        said = compiled(browse(actor), world)
        for text in ("家里的事", "成立合作社", "登记土地"):
            assert text not in said


def test_only_closed_meetings_of_the_year_stand_in_it(browse, world):
    make_meeting(world, "closed", number=1, theme="办结了的")
    make_meeting(world, "held", number=2, theme="没办结的")
    said = compiled(browse(world.secretary), world)
    assert "办结了的" in said
    assert "没办结的" not in said


def test_a_year_without_meetings_says_so(browse, world):
    browser = browse(world.secretary)
    assert browser.get(f"/townships/{world.town.id}/compilation.docx").status_code == 303
    assert f"{today().year}年还没有办结的论坛" in browser.get("/meetings/").get_data(as_text=True)


def test_a_strange_name_still_gives_a_file_name(browse, world):
    make_meeting(world, "closed")
    world.town.name = '柳/林:"镇"'
    db.session.commit()
    answer = browse(world.secretary).get(f"/townships/{world.town.id}/compilation.docx")
    name = f"柳 林  镇 村书记论坛{today().year}年汇编.docx"
    assert f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]


def test_it_costs_the_same_for_many_meetings(browse, world, count_statements):
    browser, url = browse(world.secretary), f"/townships/{world.town.id}/compilation.docx"
    close_with(world, make_thread(world.secretary, "地没人种"))
    with count_statements() as one:
        browser.get(url)
    for number in (57, 58):
        close_with(world, make_thread(world.secretary, "地没人种"), number=number)
    with count_statements() as many:
        browser.get(url)
    assert len(many) == len(one) <= 8


def test_twelve_full_meetings_are_written_within_a_few_seconds(app):
    """The work is a tenth of what the bar allows: no progress need be shown."""
    with app.test_request_context():
        action = SimpleNamespace(what="登记土地" * 10, unit_name="前柳村", due=today(), done_at=None, note="")
        outcome = SimpleNamespace(
            thread_title="地没人种", statement="成立合作社。" * 40, actions=[action] * 4, follow_ups=()
        )
        item = SimpleNamespace(kind=AgendaKind.CASE, title="前柳村讲流转", presenter="柳大山")
        meetings = [
            SimpleNamespace(
                id=n,
                number=n,
                month=today(),
                theme="地没人种怎么办",
                starts_at=utcnow(),
                ends_at=None,
                place="大棚",
                sitting_count=1,
                expected=40,
                came=38,
            )
            for n in range(1, 13)
        ]
        by_meeting = {m.id: m for m in meetings}
        facts = Year(
            township="柳林镇",
            year=2026,
            issuer="柳林镇",
            meetings=meetings,
            agendas=dict.fromkeys(by_meeting, [item] * 10),
            outcomes=dict.fromkeys(by_meeting, [outcome] * 8),
            cards={},
        )
        began = process_time()
        compilation_paper(facts)
        assert process_time() - began < 5
