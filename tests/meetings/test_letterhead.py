"""A township's letterhead is set once, and stands on its minutes from then on; their numbers run through the year."""

from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, NumberTaken, WrongState
from forum.meetings.papers.actions import next_paper_number, number_paper, set_letterhead
from forum.meetings.papers.models import Letterhead
from tests.meetings.makers import make_meeting, reloaded

WORDS = {
    "heading": "",
    "issuer": "柳林镇村书记论坛办公室",
    "number_word": "柳村论纪",
    "signatory": "李组织",
    "recipients": "各村党支部",
    "copies": "区委组织部，区农业农村局",
}


def words_of(answer):
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_the_letterhead_stands_on_the_minutes(browse, world):
    meeting = make_meeting(world, "closed")
    set_letterhead(world.organiser, world.town, WORDS, version=0)
    number_paper(world.organiser, meeting, 2026, 3)
    db.session.commit()
    said = words_of(browse(world.secretary).get(f"/meetings/{meeting.id}/minutes.docx"))
    for text in ("柳林镇村书记论坛会议纪要", "柳村论纪〔2026〕3号\t签发人：李组织", "主送：各村党支部。"):
        assert text in said
    assert "抄送：区委组织部，区农业农村局。" in said
    assert said.count("柳林镇村书记论坛办公室") == 2  # at the head and at the foot


def test_without_a_letterhead_the_township_and_the_issue_stand_there(browse, world):
    meeting = make_meeting(world, "closed")
    said = words_of(browse(world.secretary).get(f"/meetings/{meeting.id}/minutes.docx"))
    assert "第 56 期" in said
    for word in ("签发人", "主送", "抄送", "号"):
        assert word not in said


def test_the_head_is_red_and_35_mm_down_and_the_imprint_at_the_foot(browse, world):
    meeting = make_meeting(world, "closed")
    document = Document(BytesIO(browse(world.secretary).get(f"/meetings/{meeting.id}/minutes.docx").data))
    head = document.paragraphs[0]
    assert (str(head.runs[0].font.color.rgb), round(head.paragraph_format.space_before / Mm(1))) == ("E60000", 35)
    place = document.tables[-1]._tbl.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")


def test_an_organiser_sets_it_on_a_page_and_it_is_on_record(browse, world):
    browser = browse(world.organiser)
    url = f"/townships/{world.town.id}/letterhead"
    assert browser.submit(url, WORDS | {"copies": "区委组织部。", "version": "0"}).status_code == 303
    row = db.session.get_one(Letterhead, world.town.id)
    assert (row.issuer, row.copies, row.version) == ("柳林镇村书记论坛办公室", "区委组织部", 1)
    entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.subject_id, entry.township_id) == ("letterhead.set", world.town.id, world.town.id)


def test_two_who_set_it_at_once_see_both(browse, world):
    set_letterhead(world.organiser, world.town, WORDS, version=0)
    db.session.commit()
    with pytest.raises(ChangedMeanwhile):
        set_letterhead(world.organiser, world.town, WORDS, version=0)
    answer = browse(world.organiser).submit(
        f"/townships/{world.town.id}/letterhead", {"issuer": "镇党委", "version": "0"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "柳林镇村书记论坛办公室" in page
    assert 'value="镇党委"' in page


def test_what_is_too_long_is_said_at_its_field_and_kept(browse, world):
    answer = browse(world.organiser).submit(
        f"/townships/{world.town.id}/letterhead", {"issuer": "镇" * 41, "version": "0"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "太长了，请在 40 字以内。" in page
    assert "镇" * 41 in page


def test_numbers_run_through_a_year_and_none_is_given_twice(world):
    first, second = (make_meeting(world, "closed", number=n) for n in (1, 2))
    assert next_paper_number(world.town.id, 2026) == 1
    number_paper(world.organiser, first, 2026, 3)
    db.session.commit()
    assert (next_paper_number(world.town.id, 2026), next_paper_number(world.town.id, 2027)) == (4, 1)
    with pytest.raises(NumberTaken):
        number_paper(world.organiser, reloaded(second), 2026, 3)
    db.session.rollback()
    number_paper(world.organiser, reloaded(first), 2026, 3)  # its own number again is no other's
    with pytest.raises(WrongState):
        number_paper(world.organiser, make_meeting(world, "held", number=3), 2026, 5)


def test_the_page_proposes_the_next_number_and_says_which_is_taken(browse, world):
    first, second = (make_meeting(world, "closed", number=n) for n in (1, 2))
    number_paper(world.organiser, first, 2026, 3)
    db.session.commit()
    browser = browse(world.organiser)
    assert 'value="4"' in browser.get(f"/meetings/{second.id}/number").get_data(as_text=True)
    answer = browser.submit(f"/meetings/{second.id}/number", {"year": "2026", "number": "3"})
    assert answer.status_code == 422
    assert "3 号已经用过了，请换一个。" in answer.get_data(as_text=True)
