"""Whom to ask: why, in which order, and never by what the reader may not see."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.asking.helpers import SHOWN, helpers_for_text, helpers_for_thread
from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.adoptions.models import AdoptionResult
from forum.library.models import CardState
from forum.units.models import Person, Posting, Role, UnitKind
from tests.asking.makers import adopted, answered, carded
from tests.factories import make_actor, make_thread, make_unit

TEXT = "我们村的路灯坏了三个月"


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context():
        yield


def names(helpers):
    return [helper.name for helper in helpers]


def test_each_is_named_with_what_he_did_and_where_it_is_told(world, light):
    _, answer = answered(world.secretary, world.expert, light)
    card = carded(world.neighbour_secretary, light)
    adopted(card, world.far_secretary)
    found = {h.name: (h.unit_name, h.reasons) for h in helpers_for_text(world.secretary, TEXT)}
    assert found == {
        "农博士": ("区农业农村局", (("答过“路灯坏了找谁修”，提问的人说管用", f"/posts/{answer.id}"),)),
        "杨来福": ("后柳村", (("后柳村做过“太阳能路灯”，1 个村借鉴成功", f"/library/{card.id}"),)),
        "渡小舟": ("渡口村", (("渡口村借鉴“太阳能路灯”，成了", f"/library/{card.id}"),)),
    }


def test_only_what_went_well_is_a_reason(world, light):
    thread, _ = answered(world.secretary, world.neighbour_secretary, light)
    thread.accepted_post_id = thread.accepted_at = None
    card = carded(world.secretary, light)
    adopted(card, world.far_secretary, AdoptionResult.FAILED)
    carded(world.far_secretary, light, retired_at=utcnow(), retired_reason="漏雨")
    adopted(carded(world.far_secretary, light, state=CardState.DRAFT, published_at=None), world.neighbour_secretary)
    assert helpers_for_text(world.deputy, TEXT)[0].reasons == (("前柳村做过“太阳能路灯”", f"/library/{card.id}"),)
    assert names(helpers_for_text(world.deputy, TEXT)) == ["柳大山"]


def test_a_text_without_a_known_word_and_one_s_own_successes_name_nobody(world, light):
    answered(world.neighbour_secretary, world.secretary, light)
    assert helpers_for_text(world.secretary, "隔壁的鸡跑了") == []
    assert helpers_for_text(world.secretary, TEXT) == []


def test_for_a_thread_its_tags_decide_and_who_asked_is_not_named(world, light):
    thread, _ = answered(world.neighbour_secretary, world.secretary, light)
    answered(world.secretary, world.neighbour_secretary, light)
    assert names(helpers_for_thread(world.organiser, thread)) == ["柳大山"]
    assert helpers_for_thread(world.organiser, make_thread(world.secretary)) == []


def test_one_s_own_township_first_then_the_latest_success_however_many_there_were(world, light):
    long_ago = utcnow() - timedelta(days=300)
    answered(world.secretary, world.neighbour_secretary, light, at=long_ago)
    for _ in range(3):
        answered(world.secretary, world.far_secretary, light, at=long_ago)
    answered(world.secretary, world.expert, light)
    assert names(helpers_for_text(world.secretary, TEXT)) == ["杨来福", "农博士", "渡小舟"]
    assert names(helpers_for_text(world.far_organiser, TEXT)) == ["渡小舟", "农博士", "杨来福"]


def test_whoever_said_no_left_office_or_was_disabled_is_not_named(world, light):
    for actor in (world.neighbour_secretary, world.far_secretary, world.expert):
        answered(world.secretary, actor, light)
    yesterday = today() - timedelta(days=1)
    db.session.execute(update(Person).where(Person.id == world.neighbour_secretary.id).values(may_be_suggested=False))
    db.session.execute(update(Posting).where(Posting.person_id == world.far_secretary.id).values(until=yesterday))
    db.session.execute(update(Person).where(Person.id == world.expert.id).values(disabled_at=utcnow()))
    assert helpers_for_text(world.secretary, TEXT) == []


@pytest.mark.parametrize(
    ("role", "told"),
    [("secretary", True), ("organiser", True), ("far_secretary", False), ("district", False), ("expert", False)],
)
def test_what_the_reader_may_not_open_is_no_reason(world, light, role, told):
    answered(world.secretary, world.neighbour_secretary, light, "翡翠路灯", reach="township")
    carded(world.neighbour_secretary, light, "翡翠经验", reach="township")
    assert bool(helpers_for_text(world.everybody[role], TEXT)) is told


def test_a_hidden_thread_or_answer_is_no_reason(world, light):
    thread, _ = answered(world.secretary, world.neighbour_secretary, light)
    _, post = answered(world.secretary, world.far_secretary, light)
    thread.hidden_at = post.hidden_at = utcnow()
    db.session.commit()
    assert helpers_for_text(world.expert, TEXT) == []


def test_no_more_than_five_by_two_statements_however_many_there_are(world, light, count_statements):
    costs = []
    for count in (1, 8):
        for number in range(count):
            village = make_unit(UnitKind.VILLAGE, f"{count}组{number}村", world.town)
            secretary = make_actor(f"书记{count}{number}", Role.SECRETARY, village)
            for _ in range(3):
                answered(world.secretary, secretary, light)
        with count_statements() as seen:
            found = helpers_for_text(world.secretary, TEXT)
        assert len(found) == min(count, SHOWN)
        costs.append(len(seen))
    assert costs == [2, 2]
