"""Experience cards: from a thread into the library, and who may see and do what on the way."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceSource
from forum.notices.models import OutboxMessage
from tests.browsing import forms_of
from tests.factories import make_post, make_thread, save

PARTS = {"problem": "人均六亩地，没人敢改种。", "practice": "党员先建两个棚。"}


def make_card(world, **values):
    author = values.pop("author", world.secretary)
    if values.get("state") is CardState.PUBLISHED:
        values |= {"published_at": utcnow(), "confirmed_at": utcnow()}
    return save(
        Experience(
            **{
                "title": "党员先建两个棚",
                "unit_id": world.village.id,
                "township_id": world.town.id,
                "district_id": world.district.id,
                "author_id": author.id,
                "posting_id": author.posting.id,
                **PARTS,
                **values,
            }
        )
    )


def only_card():
    return db.session.scalars(select(Experience)).one()


def confirm_and_publish(browse, world, card):
    organiser, page = browse(world.organiser), f"/library/{card.id}"
    organiser.submit(page, {"reason": "打电话问过村里。"}, action=f"{page}/confirm")
    organiser.submit(page, action=f"{page}/publish")
    assert only_card().state is CardState.PUBLISHED


def test_a_thread_becomes_a_published_card(browse, world):
    thread = make_thread(world.secretary, "没人敢改种", "人均六亩地，没人敢改种。")
    answer = make_post(thread, world.neighbour_secretary, "党员先建两个棚。")
    thread.accepted_post_id = answer.id
    db.session.commit()
    page = f"/threads/{thread.id}/card"
    sent = browse(world.secretary).submit(page, {"as": "nominate"})
    card = only_card()
    browse(world.neighbour_secretary).submit(f"/library/{card.id}", action=f"/library/{card.id}/confirm")
    card = only_card()
    assert sent.status_code == 303
    assert (card.title, card.problem, card.practice) == ("没人敢改种", "人均六亩地，没人敢改种。", "党员先建两个棚。")
    assert (card.state, card.unit_id) == (CardState.NOMINATED, world.neighbour.id)
    assert (
        browse(world.organiser).submit(f"/library/{card.id}", action=f"/library/{card.id}/publish").status_code == 303
    )
    assert only_card().state is CardState.PUBLISHED
    assert "没人敢改种" in browse(world.far_secretary).get("/library/").get_data(as_text=True)
    assert db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all() == [
        "card.confirm",
        "card.published",
    ]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["card.publish"]
    assert f"/library/{card.id}" in browse(world.far_secretary).get(f"/threads/{thread.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("state", "reach", "readers"),
    [
        (CardState.DRAFT, "district", {"secretary", "organiser"}),
        (CardState.NOMINATED, "district", {"secretary", "deputy", "organiser", "district"}),
        (CardState.NOMINATED, "township", {"secretary", "deputy", "organiser"}),
        (CardState.PUBLISHED, "township", {"secretary", "deputy", "neighbour", "organiser"}),
        (
            CardState.PUBLISHED,
            "district",
            {"secretary", "deputy", "neighbour", "organiser", "far_secretary", "far_organiser", "district", "expert"},
        ),
    ],
)
def test_who_reads_a_card(browse, world, state, reach, readers):
    card = make_card(world, state=state, reach=reach)
    may = {
        name for name, actor in world.everybody.items() if browse(actor).get(f"/library/{card.id}").status_code == 200
    }
    assert may == readers
    listed = {
        name
        for name, actor in world.everybody.items()
        if card.title in browse(actor).get("/library/").get_data(as_text=True)
    }
    assert listed == (readers if state is CardState.PUBLISHED else set())


@pytest.mark.parametrize(
    ("who", "status"),
    [("organiser", 303), ("district", 303), ("secretary", 403), ("far_organiser", 404), ("neighbour", 404)],
)
def test_the_township_publishes(browse, world, who, status):
    card = make_card(world, state=CardState.NOMINATED, confirmed_at=utcnow())
    browser = browse(world.everybody[who])
    page = browser.get(f"/library/{make_card(world, author=world.everybody[who]).id}").get_data(as_text=True)
    from forum.once import issue_token

    token = issue_token(world.everybody[who].id, f"forum.library.forms.StepForm:{card.id}")
    fields = {"csrf_token": forms_of(page)[0].fields["csrf_token"], "once": token}
    assert browser.post(f"/library/{card.id}/publish", data=fields).status_code == status
    assert (db.session.get_one(Experience, card.id).state is CardState.PUBLISHED) == (status == 303)


def test_a_card_from_a_narrowed_thread_stays_narrow_until_whoever_asked_agrees(browse, world):
    thread = make_thread(world.secretary, "两家争过道", reach="township")
    browse(world.organiser).submit(f"/threads/{thread.id}/card", {"practice": "请老党员调解。", "as": "nominate"})
    card = only_card()
    confirm_and_publish(browse, world, card)
    assert only_card().reach == "township"
    assert browse(world.far_secretary).get(f"/library/{card.id}").status_code == 404
    assert "我同意" not in browse(world.neighbour_secretary).get(f"/library/{card.id}").get_data(as_text=True)
    browse(world.secretary).submit(f"/library/{card.id}", action=f"/library/{card.id}/agree")
    assert only_card().reach == "district"
    assert db.session.scalars(select(ExperienceSource.consent_by_id)).one() == world.secretary.id
    far = browse(world.far_secretary).get(f"/library/{card.id}")
    assert far.status_code == 200
    assert "两家争过道" in far.get_data(as_text=True)
    assert f"/threads/{thread.id}" not in far.get_data(as_text=True)


def test_a_card_from_a_thread_for_the_panel_only_is_for_its_readers_until_whoever_asked_agrees(browse, world):
    thread = make_thread(world.secretary, "兄弟俩分家", reach="panel", admitted=[world.far_secretary])
    fields = {"practice": "请老党员调解。", "unit": world.village.id, "as": "nominate"}
    browse(world.far_secretary).submit(f"/threads/{thread.id}/card", fields)
    card = only_card()
    assert (
        browse(world.district_staff).get(f"/library/{card.id}").status_code == 404
    )  # nominated, but not the district's
    confirm_and_publish(browse, world, card)
    assert (only_card().reach, only_card().township_id) == ("panel", world.town.id)
    may = {
        name for name, actor in world.everybody.items() if browse(actor).get(f"/library/{card.id}").status_code == 200
    }
    assert may == {"secretary", "organiser", "far_secretary"}
    assert "我同意" not in browse(world.far_secretary).get(f"/library/{card.id}").get_data(as_text=True)
    browse(world.secretary).submit(f"/library/{card.id}", action=f"/library/{card.id}/agree")
    far = browse(world.expert).get(f"/library/{card.id}").get_data(as_text=True)
    assert "请老党员调解。" in far
    assert f"/threads/{thread.id}" not in far


def test_a_returned_card_tells_its_author_why(browse, world):
    card = make_card(world, state=CardState.NOMINATED)
    browse(world.organiser).submit(
        f"/library/{card.id}", {"reason": "请写上花了多少钱"}, action=f"/library/{card.id}/return"
    )
    assert only_card().state is CardState.DRAFT
    assert "请写上花了多少钱" in browse(world.secretary).get(f"/library/{card.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "请写一句话的标题。"),
        ({"title": "长" * 81}, "标题太长了，请在 80 字以内。"),
        ({"practice": " "}, "请写是怎么做的，别的村好照着做。"),
        ({"cost": "钱" * 5001}, "太长了，请在五千字以内；卡片越短越有人看。"),
        ({"unit": "999999999999999999999"}, "不是有效的选择。"),
        ({"tags": ["99999"]}, "有的标签已经停用了，请重新选一选。"),
    ],
)
def test_bad_input_is_explained_and_kept(browse, world, typed, message):
    answer = browse(world.secretary).submit("/library/new", {"title": "好办法", **PARTS, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert PARTS["problem"] in page
    assert db.session.scalars(select(Experience)).all() == []


def test_two_corrections_at_once_lose_nothing(browse, world):
    card = make_card(world)
    page = f"/library/{card.id}/edit"
    browser = browse(world.secretary)
    assert browser.submit(page, {"cost": "两万"}).status_code == 303
    answer = browser.submit(page, {"cost": "三万", "version": "1"})
    assert answer.status_code == 409
    assert "三万" in answer.get_data(as_text=True)
    assert only_card().cost == "两万"


def test_the_same_card_form_twice_makes_one_card(browse, world):
    thread = make_thread(world.secretary)
    make_post(thread, world.neighbour_secretary)
    browser = browse(world.secretary)
    shown = browser.get(f"/threads/{thread.id}/card").get_data(as_text=True)
    form = next(f for f in forms_of(shown) if "practice" in f.fields)
    form.fields["practice"] = "试种"
    first = browser.post(f"/threads/{thread.id}/card", data=form.fields)
    second = browser.post(f"/threads/{thread.id}/card", data=form.fields)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(db.session.scalars(select(ExperienceSource)).all()) == 1


def test_pages_cost_the_same_for_one_card_and_for_thirty(browse, world, count_statements):
    browser = browse(world.secretary)
    costs = []
    for _ in (1, 2):
        card = make_card(world, state=CardState.PUBLISHED)
        for url in ("/library/", f"/library/{card.id}"):
            browser.get(url)
            with count_statements() as seen:
                browser.get(url)
            costs.append(len(seen))
        for _n in range(30):
            make_card(world, state=CardState.PUBLISHED)
    assert costs[:2] == costs[2:]
    assert max(costs) <= 8


@pytest.mark.parametrize(
    "unit", ["x", "-1", "99999999999999999999", pytest.param("9" * 5000, id="five thousand digits")]
)
def test_a_place_that_cannot_be_read_narrows_nothing(browse, world, unit):
    make_card(world, state=CardState.PUBLISHED)
    assert "党员先建两个棚" in browse(world.far_secretary).get(f"/library/?unit={unit}").get_data(as_text=True)


def test_a_step_with_a_stale_page_says_so(browse, world):
    card = make_card(world)
    browser = browse(world.secretary)
    csrf = forms_of(browser.get(f"/library/{card.id}").get_data(as_text=True))[0].fields["csrf_token"]
    back = browser.post(f"/library/{card.id}/nominate", data={"csrf_token": csrf}).location
    assert "请再点一次。" in browser.get(back).get_data(as_text=True)
    assert only_card().state is CardState.DRAFT
