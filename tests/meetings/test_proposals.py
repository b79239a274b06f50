"""The district proposes a theme; each township takes it up or leaves it, and nobody is ranked by it."""

from datetime import date, timedelta

import pytest

from forum.clock import today
from forum.extensions import db
from forum.meetings.models import Meeting
from forum.meetings.proposals.actions import (
    MonthPassed,
    Theme,
    ThemeWithdrawn,
    accept_theme,
    decline_theme,
    propose_theme,
    this_month,
    withdraw_theme,
)
from forum.meetings.proposals.models import OfferAnswer, ThemeOffer, ThemeProposal
from forum.meetings.proposals.queries import answers_to, themes_to_answer
from forum.notices.models import OutboxMessage
from tests.meetings.makers import make_meeting


@pytest.fixture
def proposal(world):
    made = propose_theme(
        world.district_staff,
        Theme(this_month(), "冬天的管道怎么防冻", "去年冻了三个村。"),
        [world.town.id, world.other_town.id],
    )
    db.session.commit()
    return made


def offer_to(proposal, town):
    query = db.select(ThemeOffer).where(ThemeOffer.proposal_id == proposal.id, ThemeOffer.township_id == town.id)
    return db.session.scalars(query.options(db.joinedload(ThemeOffer.proposal))).one()


def told():
    return set(db.session.scalars(db.select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "theme.proposed")))


def test_the_organisers_of_those_townships_are_told(world, proposal):
    assert told() == {world.organiser.id, world.far_organiser.id}
    propose_theme(world.district_staff, Theme(this_month(), "只问一个镇", "试试。"), [world.town.id])
    assert [row.theme for row in themes_to_answer(world.far_organiser)] == ["冬天的管道怎么防冻"]
    assert themes_to_answer(world.secretary) == []


def test_the_district_proposes_on_a_page(browse, world):
    fields = {"month": f"{this_month():%Y-%m}", "theme": "管道", "why": "去年冻了。", "townships": [world.town.id]}
    answer = browse(world.district_staff).submit("/themes/new", fields)
    assert answer.status_code == 303
    assert [o.township_id for o in db.session.scalars(db.select(ThemeOffer))] == [world.town.id]
    page = browse(world.organiser).get(answer.location).get_data(as_text=True)
    assert "去年冻了。" in page
    assert browse(world.far_organiser).get(answer.location).status_code == 404  # it was not proposed to him


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("month", "2020-01", "这个月已经过了"),
        ("month", "9999-12", "太远了"),
        ("month", "明年", "月份没看懂"),
        ("theme", "", "请写主题。"),
        ("theme", "长" * 81, "太长了，请在 80 字以内。"),
        ("why", " ", "请写几句为什么。"),
        ("townships", [], "请至少选一个镇。"),
        ("townships", ["999"], "名单里没有这一项"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browse, world, field, value, said):
    fields = {"month": f"{this_month():%Y-%m}", "theme": "管道", "why": "怕冻。", "townships": [world.town.id]}
    answer = browse(world.district_staff).submit("/themes/new", fields | {field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "管道" in page or field == "theme"
    assert not db.session.scalars(db.select(ThemeProposal)).all()


def test_accepting_leads_to_a_new_meeting_with_the_theme_filled_in(browse, world, proposal):
    browser, url = browse(world.organiser), f"/themes/{proposal.id}"
    answer = browser.submit(url, action=f"{url}/accept")
    assert (answer.status_code, answer.location) == (
        303,
        f"/meetings/new?township={world.town.id}&proposal={proposal.id}",
    )
    tomorrow = today() + timedelta(days=1)
    fields = {"month": f"{tomorrow:%Y-%m}", "day": f"{tomorrow}", "starts": "09:00", "ends": "11:00", "place": "大棚"}
    done = browser.submit(answer.location, fields, action="/meetings/new")
    assert done.status_code == 303
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert (meeting.theme, meeting.theme_tag_id) == ("冬天的管道怎么防冻", proposal.tag_id)
    assert offer_to(proposal, world.town).meeting_id == meeting.id


def test_a_theme_is_filled_in_only_for_who_took_it_up(browse, world, proposal):
    new = f"/meetings/new?proposal={proposal.id}"
    for page in (browse(world.organiser).get(new), browse(world.far_organiser).get(new)):
        assert 'value="冬天的管道怎么防冻"' not in page.get_data(as_text=True)
    assert "区里建议的主题" in browse(world.organiser).get("/meetings/new").get_data(as_text=True)


def test_a_meeting_planned_already_is_tied_to_it(browse, world, proposal):
    meeting = make_meeting(world, "draft")
    proposal.month = meeting.month
    db.session.commit()
    url = f"/themes/{proposal.id}"
    answer = browse(world.organiser).submit(url, action=f"{url}/accept")
    assert 'value="冬天的管道怎么防冻"' in browse(world.organiser).get(answer.location).get_data(as_text=True)
    assert answer.location == f"/meetings/{meeting.id}/edit?proposal={proposal.id}"
    assert offer_to(proposal, world.town).meeting_id == meeting.id
    assert themes_to_answer(world.organiser) == []
    assert f"/meetings/{meeting.id}" in browse(world.district_staff).get(url).get_data(as_text=True)


def test_declining_takes_a_word_and_may_be_changed(browse, world, proposal):
    browser, url = browse(world.organiser), f"/themes/{proposal.id}"
    assert browser.submit(f"{url}/decline", {"word": ""}).status_code == 422
    assert browser.submit(f"{url}/decline", {"word": "上个月刚议过"}).status_code == 303
    assert "上个月刚议过" in browse(world.district_staff).get(url).get_data(as_text=True)
    browser.submit(url, action=f"{url}/accept")
    assert offer_to(proposal, world.town).answer is OfferAnswer.ACCEPTED


def test_a_township_does_not_see_what_others_said(browse, world, proposal):
    decline_theme(world.far_organiser, offer_to(proposal, world.other_town), "我们镇不缺水")
    db.session.commit()
    assert "我们镇不缺水" not in browse(world.organiser).get(f"/themes/{proposal.id}").get_data(as_text=True)


def test_townships_stand_in_their_own_order_whoever_answered_first(world, proposal):
    accept_theme(world.far_organiser, offer_to(proposal, world.other_town))
    db.session.flush()
    assert [row.name for row in answers_to(proposal.id)] == [world.town.name, world.other_town.name]


def test_what_was_withdrawn_or_is_over_is_answered_no_more(browse, world, proposal):
    offer = offer_to(proposal, world.town)
    proposal.month = date(2020, 1, 1)
    with pytest.raises(MonthPassed):
        accept_theme(world.organiser, offer)
    with pytest.raises(MonthPassed):
        propose_theme(world.district_staff, Theme(date(2020, 1, 1), "过去", "晚了"), [world.town.id])
    proposal.month = this_month()
    withdraw_theme(world.district_staff, proposal)
    with pytest.raises(ThemeWithdrawn):
        decline_theme(world.organiser, offer, "不用")
    db.session.commit()
    assert themes_to_answer(world.organiser) == []
    answer = browse(world.organiser).submit(f"/themes/{proposal.id}/decline", {"word": "写好的原因"})
    assert answer.status_code == 409
    assert "写好的原因" in answer.get_data(as_text=True)


def test_the_pages_cost_the_same_for_many(browse, world, proposal, count_statements):
    district = browse(world.district_staff)

    def cost():
        counts = []
        for url in ("/themes/", f"/themes/{proposal.id}"):
            with count_statements() as statements:
                assert district.get(url).status_code == 200
            counts.append(len(statements))
        return counts

    one = cost()
    for n in range(4):
        propose_theme(world.district_staff, Theme(this_month(), f"主题{n}", "试试。"), [world.town.id])
    db.session.commit()
    assert cost() == one
    assert max(one) <= 8
