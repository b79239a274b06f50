"""The page of a person: his offices, what he knows and wrote, as far as each reader may open it."""

from datetime import date, timedelta

import pytest

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.models import CardState, ExperienceTag
from forum.people.policies import visible_people
from forum.people.queries import cards_of_person, offices_of
from forum.tags.models import Tag
from forum.threads.models import Post, Reach, Thread, ThreadTag
from forum.units.models import Person, Posting, Role, UnitKind
from tests.factories import make_actor, make_post, make_thread, make_unit, save
from tests.library.adopting import published_card
from tests.search.conftest import indexed, root  # noqa: F401 - fixtures


def page_of(browse, reader, person) -> str:
    answer = browse(reader).get(f"/persons/{person.id}")
    assert answer.status_code == 200
    return answer.text


def tagged(thread: Thread, name: str) -> Tag:
    tag = save(Tag(code=name.encode().hex(), name=name))
    save(ThreadTag(thread_id=thread.id, tag_id=tag.id))
    return tag


def helped(author, helper, title: str, tag: str, **values) -> Post:
    """A reply that whoever asked found to help, in a thread with a tag."""
    thread = make_thread(author, title, **values)
    tagged(thread, tag)
    post = make_post(thread, helper)
    thread.accepted_post_id, thread.accepted_at = post.id, utcnow()
    db.session.commit()
    return post


def test_offices_stand_in_time_and_what_is_to_begin_does_not(world):
    save(
        Posting(
            person_id=world.secretary.id,
            unit_id=world.neighbour.id,
            role=Role.DEPUTY,
            since=date(2012, 5, 1),
            until=date(2019, 2, 28),
        ),
        Posting(
            person_id=world.secretary.id,
            unit_id=world.far_village.id,
            role=Role.DEPUTY,
            since=today() + timedelta(days=1),
        ),
    )
    offices = offices_of(world.expert, world.secretary.id)
    assert [(o.unit_name, o.is_current) for o in offices] == [("前柳村", True), ("后柳村", False)]


def test_who_has_a_page(world):
    elsewhere = make_unit(UnitKind.DISTRICT, "外区")
    stranger = make_actor("外人", Role.DISTRICT, elsewhere)
    seen = set(db.session.scalars(visible_people(world.secretary).with_only_columns(Person.id)))
    assert world.former.id in seen
    assert seen.isdisjoint({world.admin.id, stranger.id})
    assert not db.session.scalars(visible_people(world.admin)).all()
    assert not db.session.scalars(visible_people(world.former)).all()


def test_each_reader_finds_what_he_may_open(browse, world):
    make_thread(world.secretary, "全区看得到的事")
    make_thread(world.secretary, "只给本镇的事", reach=Reach.TOWNSHIP)
    make_thread(world.secretary, "藏起来的事", hidden_at=utcnow(), hidden_reason="不实")
    thread = make_thread(world.far_secretary, "别人问的")
    make_post(thread, world.secretary, "这句看得到。")
    make_post(thread, world.secretary, "这句藏起来了。", hidden_at=utcnow(), hidden_reason="不实")
    words = ["全区看得到的事", "只给本镇的事", "藏起来的事", "这句看得到", "这句藏起来了"]

    def met(reader) -> list[str]:
        page = page_of(browse, reader, world.secretary)
        return [word for word in words if word in page]

    assert met(world.far_secretary) == [words[0], words[3]]
    assert met(world.neighbour_secretary) == [words[0], words[1], words[3]]
    assert met(world.organiser) == words[:4]  # the reply is in the other township's thread
    assert met(world.secretary) == words


def test_what_somebody_knows_is_the_tags_of_what_helped(browse, world):
    helped(world.far_secretary, world.secretary, "井水发浑", "饮水")
    helped(world.neighbour_secretary, world.secretary, "只给本镇的账", "账目", reach=Reach.TOWNSHIP)
    card = published_card(world, title="先建两个棚", confirmed_by_id=world.secretary.id)
    greenhouse = save(Tag(code="house", name="大棚"))
    save(ExperienceTag(experience_id=card.id, tag_id=greenhouse.id))
    page = page_of(browse, world.far_secretary, world.secretary)
    assert f'href="/search?tag={"饮水".encode().hex()}&amp;author={world.secretary.id}">饮水<' in page
    assert "大棚" in page
    assert "先建两个棚" in page
    assert "渡口村问的" in page
    assert "账" not in page
    assert "账目" in page_of(browse, world.neighbour_secretary, world.secretary)
    card.retired_at, card.retired_reason = utcnow(), "不行"
    db.session.commit()
    assert "先建两个棚" not in page_of(browse, world.far_secretary, world.secretary)


def test_a_card_is_his_who_stands_for_it(world):
    def titles(actor) -> set[str]:
        return {card.title for card in cards_of_person(world.expert, actor.id)}

    mine = {"author_id": world.organiser.id, "posting_id": world.organiser.posting.id}
    published_card(world, title="写自己村的")
    published_card(world, title="替村里确认的", **mine, confirmed_by_id=world.organiser.id, confirmed_note="去看过")
    published_card(world, title="村里认的", **mine, confirmed_by_id=world.deputy.id)
    published_card(world, title="补充过的", **mine, completer_id=world.neighbour_secretary.id)
    published_card(world, title="还没发布", state=CardState.DRAFT, published_at=None, confirmed_at=None)
    assert titles(world.secretary) == {"写自己村的"}
    assert titles(world.organiser) == set()
    assert titles(world.deputy) == {"村里认的"}
    assert titles(world.neighbour_secretary) == {"补充过的"}


def test_a_phone_number_is_for_organisers_of_the_township_while_he_is_in_office(browse, world):
    def who_reads(person) -> set[str]:
        phone = db.session.get_one(Person, person.id).phone
        readers = {role: actor for role, actor in world.everybody.items() if actor and actor.is_member}
        return {role for role, actor in readers.items() if phone in page_of(browse, actor, person)}

    assert who_reads(world.secretary) == {"organiser"}
    assert who_reads(world.expert) == set()
    assert who_reads(world.former) == set()


@pytest.mark.pure
def test_the_page_goes_on_with_what_was_written_earlier(browse, world):
    for number in range(25):
        make_thread(world.secretary, f"第{number}件事", created_at=utcnow() - timedelta(days=number))
    first = page_of(browse, world.expert, world.secretary)
    assert "第19件事" in first
    assert "第20件事" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "第24件事" in browse(world.expert).get(older).text


def test_what_was_written_down_for_him_says_by_whom(browse, world):
    thread = make_thread(world.far_secretary)
    written = {"entered_by_id": world.organiser.id, "entered_posting_id": world.organiser.posting.id}
    post = make_post(thread, world.secretary, "先沉淀。", **written)
    assert "由林组织代录" in page_of(browse, world.expert, world.secretary)
    assert "先沉淀" not in page_of(browse, world.expert, world.organiser)
    thread.accepted_post_id, thread.accepted_at = post.id, utcnow()
    db.session.commit()
    assert page_of(browse, world.expert, world.secretary).count("由林组织代录") == 2


@pytest.mark.pure
def test_a_page_without_writings_says_so(browse, world):
    assert "还没有写过能给您看的" in page_of(browse, world.expert, world.deputy)
    assert "您还没有写过" in page_of(browse, world.deputy, world.deputy)


@pytest.mark.pure
def test_authors_lead_to_their_pages(browse, world):
    thread = make_thread(world.secretary, "井水发浑")
    make_post(thread, world.expert, "先沉淀。")
    published_card(world)
    links = {
        f"/threads/{thread.id}": (world.secretary, world.expert),
        "/threads/": (world.secretary,),
        "/library/": (),
    }
    for url, authors in links.items():
        page = browse(world.far_secretary).get(url).text
        assert f'href="/places/{world.village.id}">前柳村</a>' in page, url
        for author in authors:
            assert f'href="/persons/{author.id}">{author.name}</a>' in page, url


@pytest.mark.pure
def test_a_search_that_names_somebody_or_a_village_leads_to_the_page(browse, world, indexed):  # noqa: F811
    make_thread(world.neighbour_secretary, "石榴怎么卖")
    indexed()
    page = browse(world.far_secretary).get("/search", query_string={"q": "后柳村的石榴 作者:杨来福"}).text
    assert f'href="/places/{world.neighbour.id}"' in page
    assert "后柳村的主页" in page
    assert "杨来福的主页" in page
    assert "的主页" not in browse(world.far_secretary).get("/search", query_string={"q": "石榴"}).text
