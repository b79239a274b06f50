"""What becomes of a card: completed, confirmed by its village, published, corrected, promoted, retired; each step kept, and told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.actions import add_source
from forum.library.life import NotConfirmed, NotThatStep, promote_card, publish_card, unpromote_card
from forum.library.models import CardDeed, CardRevision, CardState, CardStep, Experience, ExperienceSource
from forum.notices.models import OutboxMessage
from forum.threads.models import Reach
from forum.units.models import Posting, Role
from tests.browsing import forms_of
from tests.factories import make_actor, make_post, make_thread, save
from tests.library.adopting import adopt, published_card


def text_of(answer):
    return answer.get_data(as_text=True)


def draft(world, **values):
    return published_card(world, **{"state": CardState.DRAFT, "confirmed_at": None, "published_at": None, **values})


def nominated(world, **values):
    return draft(world, state=CardState.NOMINATED, nominated_at=utcnow(), **values)


def now(card):
    db.session.rollback()
    return db.session.get_one(Experience, card.id, populate_existing=True)


def press(browse, actor, card, step, **fields):
    return browse(actor).submit(f"/library/{card.id}", fields, action=f"/library/{card.id}/{step}")


def steps_of(card):
    db.session.rollback()
    return list(db.session.scalars(select(CardStep.deed).filter_by(experience_id=card.id).order_by(CardStep.id)))


def told():
    db.session.rollback()
    return set(db.session.execute(select(OutboxMessage.kind, OutboxMessage.recipient_id)).tuples())


def source(card, thread, **values):
    save(ExperienceSource(experience_id=card.id, thread_id=thread.id, **values))


# ---- confirmed by its village ----


def test_its_own_secretary_confirms_by_handing_it_on(browse, world):
    card = draft(world)
    page = text_of(browse(world.secretary).get(f"/library/{card.id}"))
    assert "属实，报给镇里" in page
    press(browse, world.secretary, card, "nominate")
    assert now(card).confirmed_by_id == world.secretary.id
    assert steps_of(card) == [CardDeed.NOMINATED, CardDeed.CONFIRMED]


def test_anothers_card_waits_for_the_village_and_asks_its_leaders(browse, world):
    card = draft(world, author_id=world.neighbour_secretary.id, posting_id=world.neighbour_secretary.posting.id)
    press(browse, world.neighbour_secretary, card, "nominate")
    assert now(card).confirmed_at is None
    assert told() == {("card.confirm", world.secretary.id), ("card.confirm", world.deputy.id)}
    page = text_of(browse(world.organiser).get(f"/library/{card.id}"))
    assert "还没确认属实" in page
    assert f'action="/library/{card.id}/publish"' not in page
    assert press(browse, world.deputy, card, "confirm").status_code == 303
    assert f'action="/library/{card.id}/publish"' in text_of(browse(world.organiser).get(f"/library/{card.id}"))


def test_an_organiser_confirms_for_a_village_and_says_how_he_knows(browse, world):
    card = nominated(world)
    refused = press(browse, world.organiser, card, "confirm", reason=" ")
    assert refused.status_code == 422
    assert "怎么核实的" in text_of(refused)
    assert press(browse, world.organiser, card, "confirm", reason="打电话问过柳书记。").status_code == 303
    assert (now(card).confirmed_by_id, now(card).confirmed_note) == (world.organiser.id, "打电话问过柳书记。")
    page = text_of(browse(world.organiser).get(f"/library/{card.id}"))
    assert "代录确认" in page
    assert "打电话问过柳书记。" in page


def test_nothing_is_published_unconfirmed(browse, world):
    card = nominated(world)
    with pytest.raises(NotConfirmed):
        publish_card(world.organiser, now(card))
    db.session.rollback()
    with pytest.raises(Exception, match="published_only_when_confirmed"):
        db.session.execute(db.update(Experience).values(state="published", published_at=utcnow()))


def test_the_village_that_cannot_confirm_gives_it_back(browse, world):
    card = nominated(world, author_id=world.neighbour_secretary.id)
    assert press(browse, world.secretary, card, "return", reason="不是两个棚，是一个。").status_code == 303
    assert now(card).state is CardState.DRAFT
    assert told() == {("card.returned", world.neighbour_secretary.id)}


def test_other_words_are_confirmed_anew(browse, world):
    card = nominated(world, confirmed_at=utcnow(), confirmed_by_id=world.secretary.id)
    browse(world.organiser).submit(f"/library/{card.id}/edit", {"practice": "党员先建三个棚。"})
    assert now(card).confirmed_at is None
    card = nominated(world, confirmed_at=utcnow(), confirmed_by_id=world.secretary.id)
    browse(world.secretary).submit(f"/library/{card.id}/edit", {"practice": "党员先建三个棚。"})
    assert now(card).confirmed_at is not None


# ---- review ----


def test_two_review_at_once_one_wins_and_the_other_keeps_his_text(browse, world):
    card = nominated(world, confirmed_at=utcnow())
    slow = browse(world.district_staff)
    page = text_of(slow.get(f"/library/{card.id}"))
    press(browse, world.organiser, card, "publish")
    form = next(f for f in forms_of(page) if f.action.endswith("/return"))
    form.fields.setlist("reason", ["花了多少没写。"])
    answer = slow.post(form.action, data=form.fields)
    assert answer.status_code in (403, 409)
    assert "花了多少没写。" in text_of(answer)
    assert now(card).state is CardState.PUBLISHED


@pytest.mark.parametrize("step", ["nominate", "publish", "promote", "restore"])
def test_a_step_taken_twice_is_taken_once(browse, world, step):
    states = {
        "nominate": {"state": CardState.DRAFT, "confirmed_at": None, "published_at": None},
        "publish": {"state": CardState.NOMINATED, "published_at": None},
        "promote": {},
        "restore": {"retired_at": utcnow(), "retired_reason": "错了"},
    }
    card = published_card(world, **states[step])
    who = world.secretary if step == "nominate" else world.district_staff
    page_url, action = (f"/library/{card.id}", f"/library/{card.id}/{step}")
    if step == "promote":
        page_url = f"/library/{card.id}/evidence"
    browser = browse(who)
    shown = browser.get(page_url)
    form = next(f for f in forms_of(text_of(shown)) if f.action == action)
    assert browser.post(action, data=form.fields).status_code == 303
    before = steps_of(card)
    assert browser.post(action, data=form.fields).status_code == 303
    assert steps_of(card) == before


# ---- completed by another ----


def test_somebody_who_knows_more_completes_a_draft(browse, world):
    thread = make_thread(world.secretary)
    make_post(thread, world.expert, "还要算人工。")
    card = draft(world)
    source(card, thread)
    page = text_of(browse(world.secretary).get(f"/library/{card.id}/complete"))
    assert "农博士" in page
    assert "何组织" not in page
    sent = browse(world.secretary).submit(f"/library/{card.id}/complete", {"person": str(world.expert.id)})
    assert sent.status_code == 303
    assert told() == {("card.complete", world.expert.id)}
    expert = browse(world.expert)
    assert expert.submit(f"/library/{card.id}/edit", {"cost": "两万块。"}).status_code == 303
    assert now(card).cost == "两万块。"
    assert "农博士</a>补充" in text_of(browse(world.secretary).get(f"/library/{card.id}"))
    press(browse, world.secretary, card, "nominate")
    assert expert.get(f"/library/{card.id}/edit").status_code == 403


def test_a_stranger_is_not_asked(browse, world):
    card = draft(world)
    sent = browse(world.secretary).submit(f"/library/{card.id}/complete", {"person": str(world.far_secretary.id)})
    assert sent.status_code == 422
    assert now(card).completer_id is None


def test_only_who_may_read_where_a_card_came_from_is_asked_to_complete_it(browse, world):
    thread = make_thread(world.secretary, reach=Reach.PANEL, admitted=[world.expert])
    make_post(thread, world.expert, "还要算人工。")
    card = draft(world, reach=Reach.PANEL)
    source(card, thread)
    page = text_of(browse(world.secretary).get(f"/library/{card.id}/complete"))
    assert "农博士" in page
    assert world.organiser.name in page
    assert "柳二河" not in page  # leads the village, but was not called
    source(card, make_thread(world.far_secretary, reach=Reach.TOWNSHIP))
    assert "农博士" not in text_of(browse(world.secretary).get(f"/library/{card.id}/complete"))


# ---- corrected ----


def test_what_a_published_card_said_before_is_kept(browse, world):
    card = published_card(world)
    browse(world.secretary).submit(f"/library/{card.id}/edit", {"practice": "党员先建三个棚。"})
    kept = db.session.scalars(select(CardRevision)).one()
    assert (kept.practice, kept.replaced_by_id) == ("党员先建两个棚。", world.secretary.id)
    assert steps_of(card) == [CardDeed.CORRECTED]
    page = text_of(browse(world.far_secretary).get(f"/library/{card.id}/revisions"))
    assert "党员先建两个棚。" in page
    assert "柳大山改掉的" in page


def test_tags_alone_are_no_correction(browse, world):
    card = published_card(world)
    browse(world.secretary).submit(f"/library/{card.id}/edit", {})
    assert steps_of(card) == []


# ---- several sources, and consent for each ----


def test_one_more_thread_makes_a_card_as_narrow_as_it_is(browse, world):
    card = draft(world)
    source(card, make_thread(world.secretary))
    quarrel = make_thread(world.neighbour_secretary, "两家争过道", reach=Reach.TOWNSHIP)
    sent = browse(world.secretary).submit(f"/threads/{quarrel.id}/add-to-card", {"card": str(card.id)})
    assert sent.status_code == 303
    assert now(card).reach is Reach.TOWNSHIP


def test_each_who_asked_agrees_for_his_own_thread(browse, world):
    card = published_card(world, reach=Reach.TOWNSHIP)
    for who in (world.secretary, world.neighbour_secretary):
        source(card, make_thread(who, "两家争过道", reach=Reach.TOWNSHIP))
    press(browse, world.secretary, card, "agree")
    assert now(card).reach is Reach.TOWNSHIP
    press(browse, world.neighbour_secretary, card, "agree")
    assert now(card).reach is Reach.DISTRICT


def test_other_words_need_the_consent_again(browse, world):
    quarrel = make_thread(world.neighbour_secretary, "两家争过道", reach=Reach.TOWNSHIP)
    card = published_card(world)
    source(card, quarrel, consent_by_id=world.neighbour_secretary.id, consent_at=utcnow())
    browse(world.secretary).submit(f"/library/{card.id}/edit", {"practice": "老张家先让了三尺。"})
    assert now(card).reach is Reach.TOWNSHIP
    assert browse(world.far_secretary).get(f"/library/{card.id}").status_code == 404
    press(browse, world.neighbour_secretary, card, "agree")
    assert browse(world.far_secretary).get(f"/library/{card.id}").status_code == 200


def test_threads_of_two_townships_are_for_who_reads_both(browse, world):
    card = published_card(world, reach=Reach.TOWNSHIP)
    source(card, make_thread(world.secretary, "两家争过道", reach=Reach.TOWNSHIP))
    far = make_thread(world.far_secretary, "也争过道", reach=Reach.TOWNSHIP)
    add_source(now(card), far)
    db.session.commit()
    assert now(card).reach is Reach.PANEL
    assert browse(world.neighbour_secretary).get(f"/library/{card.id}").status_code == 404
    assert browse(world.far_secretary).get(f"/library/{card.id}").status_code == 404
    assert browse(world.organiser).get(f"/library/{card.id}").status_code == 404
    assert browse(world.far_organiser).get(f"/library/{card.id}").status_code == 404


# ---- promoted and retired ----


def test_the_district_promotes_and_takes_it_back(world):
    card = published_card(world)
    promote_card(world.district_staff, now(card))
    db.session.commit()
    assert now(card).promoted_at is not None
    assert ("card.promoted", world.secretary.id) in told()
    with pytest.raises(NotThatStep):
        promote_card(world.district_staff, now(card))
    unpromote_card(world.district_staff, now(card))
    db.session.commit()
    assert steps_of(card) == [CardDeed.PROMOTED, CardDeed.UNPROMOTED]


def test_a_card_that_proved_wrong_stays_with_the_warning(browse, world):
    card = published_card(world, promoted_at=utcnow())
    adopt(card, world.far_secretary)
    refused = press(browse, world.organiser, card, "retire", reason="")
    assert refused.status_code == 422
    press(browse, world.organiser, card, "retire", reason="棚膜厂家跑了，这个法子不能用。")
    page = text_of(browse(world.neighbour_secretary).get(f"/library/{card.id}"))
    assert "这条经验不要照着做了" in page
    assert "棚膜厂家跑了" in page
    assert "棚膜厂家跑了" in text_of(browse(world.neighbour_secretary).get("/library/"))
    assert now(card).promoted_at is None
    assert {("card.retired", world.secretary.id), ("card.retired", world.far_secretary.id)} <= told()
    assert "card.retire" in db.session.scalars(select(AuditEntry.action)).all()
    db.session.rollback()
    press(browse, world.organiser, card, "restore")
    assert "不要照着做" not in text_of(browse(world.neighbour_secretary).get(f"/library/{card.id}"))


def test_who_leads_a_village_now_hears_that_what_it_tried_proved_wrong(browse, world):
    card = published_card(world)
    adopt(card, world.far_secretary)
    db.session.get_one(Posting, world.far_secretary.posting.id).until = today() - timedelta(days=1)
    db.session.commit()
    new = make_actor("渡新任", Role.SECRETARY, world.far_village)
    press(browse, world.organiser, card, "retire", reason="棚膜厂家跑了。")
    assert {person for kind, person in told() if kind == "card.retired"} == {world.secretary.id, new.id}


def test_the_history_tells_strangers_no_reasons_of_a_return(browse, world):
    card = nominated(world)
    press(browse, world.organiser, card, "return", reason="张会计说账不对。")
    press(browse, world.secretary, card, "nominate")
    press(browse, world.organiser, card, "publish")
    assert "张会计" in text_of(browse(world.secretary).get(f"/library/{card.id}"))
    stranger = text_of(browse(world.far_secretary).get(f"/library/{card.id}"))
    assert "张会计" not in stranger
    assert "林组织发布" in stranger


def test_the_page_costs_no_more_for_a_long_history(browse, world, count_statements):
    card = published_card(world)
    browser = browse(world.organiser)
    browser.get(f"/library/{card.id}")
    with count_statements() as short:
        browser.get(f"/library/{card.id}")
    for number in range(5):
        browser.submit(f"/library/{card.id}/edit", {"practice": f"第{number}稿"})
    with count_statements() as long:
        browser.get(f"/library/{card.id}")
    assert len(short) == len(long) <= 8
