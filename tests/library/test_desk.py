"""What those who look after the library see: evidence, what nobody answers, collections on paper."""

from io import BytesIO
from urllib.parse import quote

import pytest
from docx import Document

from forum.clock import utcnow
from forum.consultations.models import FollowUp, FollowUpResult, Outcome
from forum.extensions import db
from forum.library.adoptions.models import AdoptionResult
from forum.library.desk.queries import gaps, questions_under
from forum.library.desk.views import MOST_CARDS, YEAR
from forum.library.models import ExperienceSource, ExperienceTag
from forum.library.shelves.actions import shelve_card
from forum.tags.models import Tag
from forum.threads.models import Reach, ThreadTag
from tests.factories import make_thread, save
from tests.library.adopting import adopt, published_card, report


@pytest.fixture
def tag(app):
    group = save(Tag(code="land", name="土地", position=1))
    return save(Tag(code="idle", name="撂荒", parent_id=group.id, position=2))


def ask(author, tag, title="地没人种", **values):
    thread = make_thread(author, title, **values)
    save(ThreadTag(thread_id=thread.id, tag_id=tag.id))
    return thread


def words_of(data):
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(data)).paragraphs)


def test_evidence_puts_results_and_reasons_side_by_side(browse, world):
    card = published_card(world)
    report(adopt(card, world.far_secretary), world.far_secretary, AdoptionResult.FAILED, "地碱。")
    adopt(card, world.neighbour_secretary)
    page = browse(world.district_staff).get(f"/library/{card.id}/evidence").get_data(as_text=True)
    for words in ("没成", "地碱。", "正在试的村", "后柳村", "推不推广，由区里定"):
        assert words in page
    assert browse(world.far_organiser).get(f"/library/{card.id}/evidence").status_code == 200
    assert browse(world.secretary).get(f"/library/{card.id}/evidence").status_code == 403


def test_evidence_shows_follow_ups_only_of_threads_the_reader_may_open(browse, world):
    card = published_card(world)
    for title, reach in (("全区的事", Reach.DISTRICT), ("本镇的事", Reach.TOWNSHIP)):
        thread = make_thread(world.secretary, title, reach=reach)
        outcome = save(
            Outcome(thread_id=thread.id, statement="办", statement_html="办", concluded_by_id=world.secretary.id)
        )
        save(
            ExperienceSource(experience_id=card.id, thread_id=thread.id),
            FollowUp(
                outcome_id=outcome.id,
                thread_id=thread.id,
                due=utcnow().date(),
                answered_at=utcnow(),
                answered_by_id=world.secretary.id,
                result=FollowUpResult.SOLVED,
                sentence=f"{title}办成了。",
            ),
        )
    url = f"/library/{card.id}/evidence"
    assert "本镇的事办成了。" in browse(world.organiser).get(url).get_data(as_text=True)
    page = browse(world.district_staff).get(url).get_data(as_text=True)
    assert "全区的事办成了。" in page
    assert "本镇的事" not in page


def test_what_nobody_answers_counts_villages_that_ask_where_there_is_no_card(world, tag):
    since = utcnow() - YEAR
    ask(world.secretary, tag)
    ask(world.neighbour_secretary, tag)
    ask(world.far_secretary, tag)
    ask(world.secretary, tag, created_at=since - YEAR)
    assert [(g.name, g.questions, g.villages, g.unsettled) for g in gaps(world.district_staff, since)] == [
        ("撂荒", 3, 3, 3)
    ]
    assert [g.villages for g in gaps(world.organiser, since)] == [2]
    save(ExperienceTag(experience_id=published_card(world).id, tag_id=tag.id))
    assert gaps(world.district_staff, since) == []


def test_what_nobody_answers_never_tells_of_what_the_reader_may_not_open(browse, world, tag):
    ask(world.far_secretary, tag, "只给本镇看的事", reach=Reach.TOWNSHIP)
    since = utcnow() - YEAR
    assert gaps(world.district_staff, since) == []
    assert questions_under(world.district_staff, [tag.id], since) == {}
    assert "只给本镇看的事" in browse(world.far_organiser).get("/library/unanswered").get_data(as_text=True)


def test_questions_without_an_answer_stand_first(world, tag):
    answered = ask(world.secretary, tag, "有答案的", concluded_at=utcnow())
    ask(world.neighbour_secretary, tag, "没答案的")
    found = questions_under(world.district_staff, [tag.id], utcnow() - YEAR)[tag.id]
    assert [row.title for row in found] == ["没答案的", answered.title]


def test_a_merged_tag_counts_as_the_one_it_went_into(world, tag):
    old = save(Tag(code="old", name="抛荒", parent_id=tag.parent_id, merged_into_id=tag.id, position=3))
    ask(world.secretary, old)
    assert [g.code for g in gaps(world.district_staff, utcnow() - YEAR)] == ["idle"]
    save(ExperienceTag(experience_id=published_card(world).id, tag_id=old.id))
    assert gaps(world.district_staff, utcnow() - YEAR) == []


def collected(browser, *cards, title="柳林镇经验选编"):
    return browser.get("/library/collection.docx", query_string={"card": [card.id for card in cards], "title": title})


def test_a_collection_has_a_title_page_contents_and_a_page_for_each_card(browse, world):
    first = published_card(world, title="先建两个棚")
    second = published_card(world, title="办食堂", unit_id=world.neighbour.id, caution="先算账。")
    report(adopt(first, world.far_secretary), world.far_secretary, AdoptionResult.FAILED, "地碱。", "先验土。")
    answer = collected(browse(world.organiser), second, first)
    document = Document(BytesIO(answer.data))
    headings = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [p.text for p in headings] == ["1. 办食堂", "2. 先建两个棚"]
    assert all(p.paragraph_format.page_break_before for p in headings)
    words = words_of(answer.data)
    for text in ("柳林镇经验选编", "柳林镇", "目录", "（后柳村）", "先算账。", "渡口村：没成。地碱。", "先验土。"):
        assert text in words
    assert 'TOC \\o "1-1"' in document.element.xml
    assert f"filename*=UTF-8''{quote('柳林镇经验选编.docx')}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].isascii()
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_what_the_whole_district_may_read_goes_onto_paper(browse, world):
    open_to_all = published_card(world, title="全区都能看")
    narrowed = published_card(world, title="只给本镇看的", reach=Reach.TOWNSHIP)
    browser = browse(world.organiser)
    assert "只给本镇看的<" not in browser.get("/library/collection").get_data(as_text=True)
    assert "只给本镇看的" not in words_of(collected(browser, open_to_all, narrowed).data)
    assert collected(browser, narrowed).status_code == 303


def test_a_collection_takes_any_text(browse, world):
    card = published_card(world, title="标题\uffff", problem="<b>&\ufffe\n\n　　第二段", practice="=1+1")
    answer = collected(browse(world.district_staff), card, title='a/b"\uffff<c>')
    assert "第二段" in words_of(answer.data)
    assert "<b>&" in words_of(answer.data)


def test_a_collection_without_cards_says_what_to_do(browse, world):
    browser = browse(world.organiser)
    answer = browser.get("/library/collection.docx?card=x&card=99999999999999999999")
    assert answer.status_code == 303
    assert "请先勾选要印的经验卡。" in browser.get(answer.location).get_data(as_text=True)


def test_a_collection_of_too_many_cards_says_so(browse, world):
    browser = browse(world.organiser)
    back = browser.get("/library/collection.docx", query_string={"card": list(range(1, MOST_CARDS + 2))}).location
    assert "一本最多 60 条" in browser.get(back).get_data(as_text=True)


def test_cards_of_the_shelf_are_offered_in_its_order(browse, world):
    cards = [published_card(world, title=title) for title in ("甲", "乙", "丙")]
    for card in (cards[1], cards[0]):
        shelve_card(world.organiser, card, "")
    db.session.commit()
    page = browse(world.organiser).get("/library/collection?shelf=first").get_data(as_text=True)
    assert page.index("<span>乙<") < page.index("<span>甲<")
    assert "<span>丙<" not in page


def test_the_pages_cost_the_same_for_one_row_and_for_many(browse, world, tag, count_statements):
    browser = browse(world.district_staff)
    costs = []
    for count in (1, 8):
        for number in range(count):
            card = published_card(world, title=f"第{count}-{number}条")
            ask(world.secretary, tag, f"第{count}-{number}问")
        urls = ("/library/unanswered", "/library/collection", f"/library/{card.id}/evidence")
        for url in (*urls, f"/library/collection.docx?card={card.id}"):
            browser.get(url)
            with count_statements() as seen:
                assert browser.get(url).status_code == 200
            costs.append(len(seen))
    db.session.rollback()
    assert costs[:4] == costs[4:]
    assert max(costs) <= 8
