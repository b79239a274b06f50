"""Tags: suggested while writing, renamed, merged and retired without losing a thread."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.tags.actions import load_taxonomy
from forum.tags.models import Tag
from forum.tags.queries import ids_under, suggest, tag_groups
from forum.threads.models import ThreadTag
from tests.factories import make_thread, save
from tests.tags.makers import move_all


@pytest.fixture
def taxonomy(app):
    load_taxonomy()
    db.session.commit()


def tag(code):
    return db.session.scalars(select(Tag).where(Tag.code == code)).one()


def run(app, *args):
    return app.test_cli_runner().invoke(args=["tags", *args])


def test_loading_twice_changes_nothing(app, taxonomy):
    before = [g.code for g in tag_groups()]
    assert load_taxonomy() == 0
    assert [g.code for g in tag_groups()] == before
    assert len(before) == 8


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("地没人种，撂荒了二百亩", "land-transfer"),
        ("老人没人照顾，想办个孝老食堂", "elderly"),
        ("两家吵架，为了过道排水", "disputes"),
        ("冬暖式大棚里的西红柿", "crops"),
        ("低价承包的合同不规范，承包费拖欠", "contracts"),
    ],
)
def test_colloquial_words_suggest_the_tag(app, taxonomy, text, first):
    with app.test_request_context():
        assert suggest(text)[0] == tag(first).id


def test_a_text_without_such_words_suggests_nothing(app, taxonomy):
    assert suggest("今天天气不错") == []


def test_suggestions_are_fetched_while_writing(browse, world, taxonomy):
    browser = browse(world.secretary)
    from tests.browsing import forms_of

    csrf = forms_of(browser.get("/threads/ask").get_data(as_text=True))[0].fields["csrf_token"]
    elderly = tag("elderly").id
    answer = browser.post("/tags/suggest", data={"text": "独居老人吃饭", "csrf_token": csrf})
    assert answer.get_json() == {"tags": [elderly]}


def test_a_merged_tag_is_found_under_the_one_that_stays(app, world, taxonomy, browse):
    thread = make_thread(world.secretary, "养猪")
    save(ThreadTag(thread_id=thread.id, tag_id=tag("livestock").id))
    assert run(app, "merge", "livestock", "crops").exit_code == 0
    assert "养猪" in browse(world.secretary).get("/threads/?tag=livestock").get_data(as_text=True)
    assert tag("livestock").id in ids_under("crops")
    assert tag("livestock").id in ids_under("industry")
    assert "养猪" in browse(world.secretary).get("/threads/?tag=crops").get_data(as_text=True)
    offered = {leaf.code for group in tag_groups() for leaf in group.tags}
    assert "livestock" not in offered


def test_chains_of_merges_lead_to_the_tag_in_use(app, taxonomy):
    run(app, "merge", "livestock", "crops")
    assert run(app, "merge", "crops", "marketing").exit_code == 1  # not as long as the first one is moving
    move_all()
    assert run(app, "merge", "crops", "marketing").exit_code == 0
    assert tag("livestock").merged_into_id == tag("marketing").id
    assert run(app, "merge", "marketing", "crops").exit_code == 1


@pytest.mark.parametrize(
    "args",
    [
        ("merge", "crops", "crops"),
        ("merge", "industry", "crops"),
        ("rename", "nothing", "x"),
        ("rename", "crops", " "),
        ("synonym", "crops", "长" * 41),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(app, taxonomy, args):
    result = run(app, *args)
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_a_retired_tag_is_offered_no_more_and_each_deed_is_on_record(app, taxonomy):
    run(app, "retire", "toilets-heating")
    run(app, "rename", "crops", "种植")
    run(app, "synonym", "crops", "拱棚")
    run(app, "synonym", "crops", "拱棚")
    assert "toilets-heating" not in {leaf.code for group in tag_groups() for leaf in group.tags}
    assert suggest("拱棚塌了") == [tag("crops").id]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["tag.retire", "tag.rename", "tag.synonym"]
