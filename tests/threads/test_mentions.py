"""An @ names people who may read the thread, and nobody else; each is told once of a post, as soon as it is shown."""

import pytest

from forum.extensions import db
from forum.markup import called, render, with_names
from forum.notices.models import OutboxMessage
from forum.threads.actions import add_reply, begin_thread, edit_post
from forum.threads.holding import let_through
from forum.threads.mentions import MOST_CALLED, Named, TooManyCalled, meant_before, who_is_meant
from forum.threads.models import HeldFor, Post, Reach, Thread, ThreadKind
from forum.threads.moderation import hide_post, restore_post
from forum.threads.policies import visible_threads
from forum.threads.readers import may_read
from forum.units.models import Person, Posting, Role, Unit
from tests.factories import World, make_actor, make_post, make_thread


def told(post: Post) -> list[int]:
    """Who was told that he is named in a post."""
    wanted = db.select(OutboxMessage.recipient_id).where(
        OutboxMessage.kind == "thread.mentioned", OutboxMessage.subject_id == post.id
    )
    return sorted(db.session.scalars(wanted))


def named(thread: Thread, body: str, **more: object) -> dict[str, int]:
    clear, unclear = who_is_meant(body, thread, **more)  # type: ignore[arg-type]
    assert not unclear
    return {one.words: one.person_id for one in clear}


@pytest.mark.pure
@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("请@柳大山看看", ["柳大山看看"]),
        ("＠柳大山：在吗", ["柳大山"]),
        ("@前柳村·柳大山", ["前柳村·柳大山"]),
        ("写信到 liu@qq.com", []),
        ("> @柳大山 说过\n\n我同意 @杨来福", ["杨来福"]),
        ("`@柳大山`", []),
        ("[@柳大山](https://example.org/@杨来福)", []),
        ("https://example.org/@柳大山", ["柳大山"]),
        ("- @柳大山\n- @杨来福", ["柳大山", "杨来福"]),
        ("@<b>柳大山</b>", []),
        ("@", []),
    ],
)
def test_what_an_at_calls(body: str, calls: list[str]) -> None:
    assert called(render(body)) == calls


@pytest.mark.pure
def test_a_name_becomes_a_link_and_nothing_else_does() -> None:
    links = {"柳大山": "/people/1?a&b", "柳大": "", 'x"><script>': "/people/2"}
    html = render('请@柳大山看看，＠柳大，@x"><script>\n\n`@柳大山`\n\n> @柳大山\n\n[@柳大](https://e.cn/@柳大山)')
    shown = with_names(html, links)
    assert '<a class="mention" href="/people/1?a&amp;b">@柳大山</a>看看，<b class="mention">＠柳大</b>，' in shown
    assert shown.count('class="mention"') == 2
    assert "<script" not in shown
    assert with_names(html, {}) == html


def test_readers_are_exactly_those_who_may_open_it(world: World) -> None:
    admitted = [world.far_secretary, world.expert]
    threads = [
        make_thread(world.secretary),
        make_thread(world.secretary, reach=Reach.TOWNSHIP),
        make_thread(world.secretary, reach=Reach.PANEL, admitted=admitted),
        make_thread(world.far_secretary, reach=Reach.TOWNSHIP),
        make_thread(world.district_staff, kind=ThreadKind.NOTICE),
    ]
    for hides in range(2):
        for thread in threads:
            if hides:
                opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id)).one()
                opening.hidden_at = thread.hidden_at = thread.created_at
                db.session.commit()
            found = db.session.scalars(
                db.select(Person.id)
                .join(Posting, Posting.person_id == Person.id)
                .join(Unit, Unit.id == Posting.unit_id)
                .where(may_read(thread))
            )
            everybody = [actor for actor in world.everybody.values() if actor]
            opens = [a.id for a in everybody if db.session.scalar(visible_threads(a).where(Thread.id == thread.id))]
            assert sorted(found) == sorted(opens)


def test_a_name_means_whoever_may_read_the_thread(world: World) -> None:
    thread, narrowed = make_thread(world.secretary), make_thread(world.secretary, reach=Reach.TOWNSHIP)
    body = "@渡小舟 @杨来福您看 @渡口村渡小舟 @渡口村·渡小舟 @没这个人 @管理员 @老支书"
    far, near = world.far_secretary.id, world.neighbour_secretary.id
    assert named(thread, body) == {"渡小舟": far, "杨来福": near, "渡口村渡小舟": far, "渡口村·渡小舟": far}
    assert named(narrowed, body) == {"杨来福": near}, "whoever may not read it is nobody there"


def test_of_several_of_a_name_the_writer_says_which(world: World) -> None:
    thread = make_thread(world.secretary)
    namesake = make_actor("杨来福", Role.DEPUTY, world.far_village, title="副书记")
    near = world.neighbour_secretary.id
    clear, [unclear] = who_is_meant("@杨来福 在吗", thread)
    assert (clear, unclear.words) == ([], "杨来福")
    assert {(r.person_id, r.unit_name, r.office) for r in unclear.readers} == {
        (near, "后柳村", "党支部书记"),
        (namesake.id, "渡口村", "副书记"),
    }
    assert named(thread, "@杨来福 在吗", chosen=[namesake.id, world.far_secretary.id]) == {"杨来福": namesake.id}
    assert named(thread, "@后柳村杨来福 在吗") == {"后柳村杨来福": near}
    assert named(thread, "@杨来福 在吗", before={"杨来福": near}) == {"杨来福": near}, "it meant him so far"
    assert who_is_meant("@杨来福", thread, chosen=[near, namesake.id])[1], "not both"
    narrowed = make_thread(world.secretary, reach=Reach.TOWNSHIP)
    assert named(narrowed, "@杨来福 在吗") == {"杨来福": near}, "the other one is not among its readers"


def test_no_more_people_are_called_than_one_has_to_do_with(world: World) -> None:
    thread = make_thread(world.secretary)
    with pytest.raises(TooManyCalled):
        who_is_meant(" ".join(f"@某某{n}" for n in range(MOST_CALLED + 1)), thread)


def test_each_is_told_once_of_a_post_and_followers_are_not_told_twice(world: World) -> None:
    thread = begin_thread(world.secretary, ThreadKind.QUESTION, "买种子", "哪里买？").thread
    db.session.commit()
    people = [
        Named("柳大山", world.secretary.id),
        Named("前柳村柳大山", world.secretary.id),
        Named("渡小舟", world.far_secretary.id),
        Named("杨来福", world.neighbour_secretary.id),
    ]
    body = " ".join(f"@{one.words}" for one in people)
    reply = add_reply(world.neighbour_secretary, thread, body, named=people)
    db.session.commit()
    assert told(reply) == sorted([world.secretary.id, world.far_secretary.id]), "and not who wrote it"
    assert not db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.kind == "thread.replied")).all()

    edit_post(world.neighbour_secretary, reply, "谁都不点", version=reply.version)
    edit_post(world.neighbour_secretary, reply, body, version=reply.version, named=people[2:])
    edit_post(
        world.neighbour_secretary,
        reply,
        f"{body} @农博士",
        version=reply.version,
        named=[*people, Named("农博士", world.expert.id)],
    )
    db.session.commit()
    assert told(reply) == sorted([world.secretary.id, world.far_secretary.id, world.expert.id]), "once"
    assert meant_before(reply)["农博士"] == world.expert.id


@pytest.mark.parametrize("is_opening", [True, False])
def test_what_is_hidden_tells_nobody_until_it_is_shown(world: World, is_opening: bool) -> None:
    people = [Named("渡小舟", world.far_secretary.id)]
    if is_opening:
        post = begin_thread(
            world.secretary, ThreadKind.QUESTION, "买", "@渡小舟 哪里买？", named=people, held=HeldFor.WORD
        )
    else:
        post = add_reply(world.secretary, make_thread(world.secretary), "@渡小舟 这里", named=people, held=HeldFor.WORD)
    db.session.commit()
    assert told(post) == []
    let_through(world.organiser, post)
    hide_post(world.organiser, post, "不妥")
    restore_post(world.organiser, post)
    db.session.commit()
    assert told(post) == [world.far_secretary.id]


def test_a_reply_in_a_hidden_thread_tells_once_the_thread_is_shown(world: World) -> None:
    thread = make_thread(world.secretary)
    reply = make_post(thread, world.neighbour_secretary, "好")
    opening = db.session.scalars(
        db.select(Post).options(db.joinedload(Post.thread)).where(Post.thread_id == thread.id, Post.is_opening)
    ).one()
    hide_post(world.organiser, opening, "不妥")
    db.session.refresh(reply, ["thread"])
    people = [Named("渡小舟", world.far_secretary.id)]
    edit_post(world.neighbour_secretary, reply, "@渡小舟", version=reply.version, named=people)
    assert told(reply) == []
    restore_post(world.organiser, opening)
    db.session.commit()
    assert told(reply) == [world.far_secretary.id]
