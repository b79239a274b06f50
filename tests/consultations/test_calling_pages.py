"""The pages of a panel: calling, declining, and what a thread shows of it to whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.clock import today, utcnow
from forum.consultations import calling_views
from forum.consultations.calling import MOST_CALLED
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.threads.models import Post, Reach, Thread
from forum.units.models import Role
from tests.browsing import forms_of
from tests.factories import make_actor, make_post, make_thread

IN_A_WEEK = today() + timedelta(days=7)


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def text_of(answer):
    return answer.get_data(as_text=True)


def call(browse, who, thread, *people, **fields):
    sent = {"find": "", "people": [str(person.id) for person in people], "due": f"{IN_A_WEEK}", **fields}
    return browse(who).submit(f"/threads/{thread.id}/panel", sent)


def on_the_panel():
    db.session.rollback()
    return set(db.session.scalars(select(Invitation.person_id)))


def the_panel():
    db.session.rollback()
    return db.session.scalars(select(Consultation)).one()


def test_an_asker_calls_people_and_the_thread_says_who_and_by_when(browse, world, thread):
    answer = call(browse, world.secretary, thread, world.expert, world.neighbour_secretary, note="看看是不是缺水")
    assert (answer.status_code, answer.location) == (303, f"/threads/{thread.id}#panel")
    assert on_the_panel() == {world.expert.id, world.neighbour_secretary.id}
    shown = text_of(browse(world.far_secretary).get(f"/threads/{thread.id}"))
    assert "区农业农村局 农博士" in shown
    assert "看看是不是缺水" in shown
    assert "还没答" not in shown  # who is still to answer is no business of others
    assert "还没答" in text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    assert "还没答" in text_of(browse(world.organiser).get(f"/threads/{thread.id}"))


def test_people_are_found_without_losing_those_ticked(browse, world, thread):
    page = text_of(call(browse, world.secretary, thread, world.expert, find="渡口", **{"as": "find"}, note="写了半天"))
    form = next(f for f in forms_of(page) if "due" in f.fields)
    assert form.fields.getlist("people") == [str(world.expert.id)]
    assert "渡口村 · 渡小舟" in page
    assert 'value="写了半天"' in page
    assert on_the_panel() == set()


def test_an_address_may_bring_people_along(browse, world, thread):
    page = text_of(
        browse(world.secretary).get(f"/threads/{thread.id}/panel?invite={world.expert.id}&invite=x&invite=-1")
    )
    form = next(f for f in forms_of(page) if "due" in f.fields)
    assert form.fields.getlist("people") == [str(world.expert.id)]


def test_villages_with_the_same_problem_are_called_in_one_step(browse, world, thread):
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()
    for village in (world.neighbour_secretary, world.far_secretary):
        browse(village).submit(f"/threads/{thread.id}", {"on": "1"}, action=f"/posts/{opening}/same")
    page = f"/threads/{thread.id}/panel"
    assert f"{page}?invite=same" in text_of(browse(world.organiser).get(page))
    assert browse(world.organiser).submit(f"{page}?invite=same").status_code == 303
    assert on_the_panel() == {world.neighbour_secretary.id, world.far_secretary.id}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"people": []}, "至少请一位"),
        ({"people": ["99999"]}, "名单里没有这一项"),
        ({"people": [str(2**70)]}, "名单里没有这一项"),
        ({"people": ["柳"]}, "名单里没有这一项"),
        ({"due": ""}, "请写哪天前答"),
        ({"due": "下月初"}, "日期没看懂"),
        ({"due": f"{today()}"}, "期限要从明天起"),
        ({"due": f"{today() + timedelta(days=61)}"}, "期限要从明天起"),
        ({"note": "字" * 201}, "太长了"),
    ],
)
def test_what_cannot_be_called_is_explained_and_nothing_is_lost(browse, world, thread, fields, said):
    answer = call(browse, world.secretary, thread, world.expert, **{"note": "写了半天", **fields})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert fields.get("note", "写了半天") in text_of(answer)
    assert on_the_panel() == set()


def test_a_crowd_is_refused_at_its_field_and_nothing_is_lost(browse, world, thread):
    crowd = [make_actor(f"专家{n}", Role.EXPERT, world.bureau) for n in range(MOST_CALLED + 1)]
    assert call(browse, world.secretary, thread, *crowd[:-1]).status_code == 303
    answer = call(browse, world.secretary, thread, crowd[-1], note="写了半天")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "再多就开会商量吧" in page
    assert "写了半天" in page
    form = next(f for f in forms_of(page) if "due" in f.fields)
    assert form.fields.getlist("people") == [str(crowd[-1].id)]
    assert crowd[-1].id not in on_the_panel()


def test_what_was_concluded_while_the_form_was_sent_calls_nobody(browse, world, thread, monkeypatch):
    def conclude_meanwhile(found):
        db.session.execute(update(Thread).values(concluded_at=utcnow()).execution_options(synchronize_session=False))

    browser, page = browse(world.secretary), f"/threads/{thread.id}/panel"
    form = next(f for f in forms_of(text_of(browser.get(page))) if "due" in f.fields)
    monkeypatch.setattr(calling_views, "panel_in", conclude_meanwhile)
    sent = browser.post(page, data=form.fields.to_dict() | {"people": [str(world.expert.id)]})
    assert sent.status_code == 403
    assert on_the_panel() == set()


def test_the_same_form_sent_twice_calls_once(browse, world, thread):
    browser = browse(world.secretary)
    page = f"/threads/{thread.id}/panel"
    form = next(f for f in forms_of(text_of(browser.get(page))) if "due" in f.fields)
    fields = form.fields.to_dict() | {"people": [str(world.expert.id)]}
    first, again = browser.post(page, data=fields), browser.post(page, data=fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert len(db.session.scalars(select(Invitation.id)).all()) == 1


def test_who_calls_second_is_told_and_keeps_his_choice(browse, world, thread):
    late = browse(world.organiser)
    page = f"/threads/{thread.id}/panel"
    form = next(f for f in forms_of(text_of(late.get(page))) if "due" in f.fields)
    fields = form.fields.to_dict() | {"people": [str(world.far_secretary.id)]}
    call(browse, world.secretary, thread, world.expert)
    db.session.rollback()
    # His page was asked for before; what he sends now adds to the panel that is there.
    assert late.post(page, data=fields).status_code == 303
    assert on_the_panel() == {world.expert.id, world.far_secretary.id}
    assert the_panel().called_by_id == world.secretary.id


def test_a_call_is_changed_and_taken_back(browse, world, thread):
    call(browse, world.secretary, thread, world.expert)
    later = IN_A_WEEK + timedelta(days=2)
    assert call(browse, world.organiser, thread, due=f"{later}").status_code == 303
    assert the_panel().due == later
    off = f"/panels/{the_panel().id}/off"
    for _ in range(2):  # a second tap changes nothing
        browser = browse(world.secretary)
        csrf = forms_of(text_of(browser.get(f"/threads/{thread.id}")))[0].fields["csrf_token"]
        answer = browser.post(off, data={"csrf_token": csrf, "person": str(world.expert.id)})
        assert answer.status_code == 303
    assert on_the_panel() == set()


def test_one_declines_with_a_word_that_only_the_asker_and_the_organiser_read(browse, world, thread):
    call(browse, world.secretary, thread, world.expert)
    called = browse(world.expert)
    page = text_of(called.get(f"/threads/{thread.id}"))
    assert "请您会诊" in page
    [invitation] = db.session.scalars(select(Invitation.id)).all()
    assert called.submit(f"/invitations/{invitation}/decline", {"note": ""}).status_code == 422
    assert called.submit(f"/invitations/{invitation}/decline", {"note": "没经过这事"}).status_code == 303
    readers = {
        name
        for name, actor in world.everybody.items()
        if "没经过这事" in text_of(browse(actor).get(f"/threads/{thread.id}"))
    }
    assert readers == {"secretary", "organiser", "district", "expert"}


def test_whoever_is_called_is_offered_both_parts_first(browse, world, thread):
    call(browse, world.secretary, thread, world.expert)
    page = f"/threads/{thread.id}"

    def is_offered_parts(who, address=page):
        return any("diagnosis" in form.fields for form in forms_of(text_of(browse(who).get(address))))

    assert is_offered_parts(world.expert)
    assert not is_offered_parts(world.expert, f"{page}?shape=plain")
    assert not is_offered_parts(world.far_secretary)
    make_post(thread, world.expert)
    assert not is_offered_parts(world.expert)


def test_who_answered_cannot_decline_any_more(browse, world, thread):
    call(browse, world.secretary, thread, world.expert)
    called = browse(world.expert)
    [invitation] = db.session.scalars(select(Invitation.id)).all()
    page = f"/invitations/{invitation}/decline"
    fields = next(f for f in forms_of(text_of(called.get(page))) if "note" in f.fields).fields.to_dict()
    make_post(thread, world.expert)
    answer = called.post(page, data=fields | {"note": "算了"})
    assert answer.status_code == 303
    assert "您已经答过了" in text_of(called.get(f"/threads/{thread.id}"))
    assert db.session.scalars(select(Invitation.declined_at)).all() == [None]


def test_a_thread_for_the_panel_only_asks_to_call_somebody(browse, world):
    thread = make_thread(world.secretary, reach=Reach.PANEL)
    page = f"/threads/{thread.id}"
    assert "还没请人" in text_of(browse(world.secretary).get(page))
    call(browse, world.secretary, thread, world.far_secretary)
    assert "还没请人" not in text_of(browse(world.secretary).get(page))
    assert browse(world.far_secretary).get(page).status_code == 200


def test_calling_may_narrow_a_question_to_the_panel(browse, world, thread):
    make_post(thread, world.neighbour_secretary)
    assert call(browse, world.secretary, thread, world.far_secretary, narrow="y").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Thread, thread.id).reach is Reach.PANEL
    may = {
        name for name, actor in world.everybody.items() if browse(actor).get(f"/threads/{thread.id}").status_code == 200
    }
    assert may == {"secretary", "organiser", "neighbour", "far_secretary"}


def test_a_day_that_stands_may_stay(browse, world, thread):
    call(browse, world.secretary, thread, world.expert)
    panel = the_panel()
    panel.due = today() - timedelta(days=1)
    db.session.commit()
    assert "过期了还没答" in text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    answer = call(browse, world.secretary, thread, world.far_secretary, due=f"{today() - timedelta(days=1)}")
    assert answer.status_code == 303
    assert len(on_the_panel()) == 2
