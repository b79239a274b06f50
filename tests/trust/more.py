"""Thirty of everything that the scene has one of, so that a page that asks the database once for each row shows itself."""

import secrets
from datetime import timedelta

from forum.accounts.sessions import begin_session
from forum.clock import today
from forum.consultations.actions import Task, conclude
from forum.extensions import db
from forum.learning.lectures.models import Expert
from forum.learning.trips.models import StudyTrip, TripMember, UseResult
from forum.learning.trips.noting import Answer, answer_use
from forum.library.actions import make_card
from forum.library.adoptions.actions import adopt_card
from forum.library.life import nominate_card, publish_card
from forum.library.models import Experience
from forum.media.models import Document, DocumentKind, Picture
from forum.meetings.models import Meeting
from forum.moderation.actions import add_suggestion, report_post
from forum.moderation.models import ReportKind
from forum.tags.models import Tag
from forum.threads.actions import edit_post
from forum.threads.deeds import follow, react
from forum.threads.models import Post, ReactionKind, Thread, ThreadTag
from forum.units.actors import Actor
from forum.units.models import Role, UnitKind
from tests.factories import make_actor, make_post, make_thread, make_unit
from tests.learning.lecture_makers import make_expert, make_lecture
from tests.learning.makers import line, make_note, make_trip, pass_time, uses_of
from tests.library.adopting import speaker
from tests.meetings.makers import make_item, make_meeting, reloaded
from tests.trust.scene_people import tell_all_kinds
from tests.trust.scene_tags import add_tags
from tests.trust.stage import Scene


def add_more(scene: Scene, times: int) -> None:
    """Add so many of everything to the scene, about the very objects that its addresses name."""
    world = scene.world
    thread = db.session.get_one(Thread, scene.ids["thread_id", "open"])
    reply = _post(scene.ids["post_id", "open-reply"])
    tags = [Tag(code=f"more-{n}", name=f"标签{n}", position=n) for n in range(times)]
    db.session.add_all(tags)
    db.session.flush()
    db.session.add_all(Tag(code=f"leaf-{t.code}", name=f"叶{t.name}", parent_id=t.id) for t in tags)
    db.session.add_all(ThreadTag(thread_id=thread.id, tag_id=tag.id) for tag in tags)
    db.session.commit()
    meeting = reloaded(_meeting(scene, "announced"))
    for n in range(times):
        village = make_unit(UnitKind.VILLAGE, f"第{n}村", world.town)
        somebody = make_actor(f"书记{n}", Role.SECRETARY, village, title="党支部书记")
        post = make_post(thread, somebody, f"第{n}个办法")
        below = make_post(thread, world.secretary, f"第{n}次追问", parent=post)
        make_post(thread, somebody, f"第{n}次回答", parent=below)
        db.session.add_all(_picture(world.secretary.id, post.id, k) for k in range(2))
        db.session.add_all(_document(world.secretary.id, post.id, k) for k in range(2))
        react(somebody, _post(reply.id), ReactionKind.USEFUL, True)
        react(somebody, _post(scene.ids["post_id", "open"]), ReactionKind.SAME, True)
        follow(somebody, thread, True)
        report_post(somebody, reply, ReportKind.OTHER, "说的不是实情")
        add_suggestion(somebody, "字再大一点。", "/")
        edited = _post(scene.ids["post_id", "open"])
        edit_post(world.secretary, edited, f"改了{n}次", version=edited.version)
        db.session.commit()
        narrow = make_thread(world.secretary, f"第{n}个问题", kind="question")
        make_post(narrow, somebody, "回一句")
        make_thread(somebody, f"没人答的第{n}个", kind="question")
        conclude(world.organiser, thread, f"第{n}个结论", tasks=[Task("登记", village.id)], reply_ids=[post.id])
        make_item(world, meeting, f"第{n}项", thread_id=narrow.id)
        for state in ("announced", "closed"):
            make_meeting(world, state, number=100 + 2 * n + (state == "closed"))
        published = db.session.get_one(Experience, scene.ids["card_id", "published"])
        adopt_card(somebody, published, speaker(somebody), f"第{n}村也试试", today() + timedelta(days=30))
        for steps in ((), (nominate_card,), (nominate_card, publish_card)):
            card = make_card(
                world.organiser, thread, world.village, f"第{n}张卡", {"problem": "没人收", "practice": "合作"}
            )
            for step in steps:
                step(world.secretary if step is nominate_card else world.organiser, card)
        _go_along(scene, somebody, n)
        expert = make_expert(world.organiser, f"第{n}位专家")
        make_lecture(world.organiser, expert, title=f"第{n}次课")
        outside = db.session.get_one(Expert, scene.ids["expert_id", "outside"])
        make_lecture(world.organiser, outside, is_over=True, title=f"讲过第{n}次课")
        make_trip(world.organiser, title=f"第{n}次学习")
        pass_time(make_trip(world.organiser, title=f"去过第{n}次"))
        begin_session(world.secretary.id)
        begin_session(world.organiser.id)
        tell_all_kinds(scene, [world.secretary.id, world.organiser.id])
        db.session.commit()
    add_tags(scene, times)


def _go_along(scene: Scene, somebody: Actor, n: int) -> None:
    """One more on the trip to come, and a note with pictures of the one that was."""
    for word in ("open", "back"):
        trip = db.session.get_one(StudyTrip, scene.ids["trip_id", word])
        seat = {"posting_id": somebody.posting.id, "unit_id": somebody.posting.unit_id} if somebody.posting else {}
        db.session.add(TripMember(trip_id=trip.id, person_id=somebody.id, seated_at=trip.created_at, **seat))
    db.session.commit()
    note = make_note(somebody, trip, f"第{n}家看到的", line("剪枝"), line("疏果"))
    answer_use(somebody, uses_of(note)[0], Answer(UseResult.DOING, "剪了一半", today() + timedelta(days=9)))
    answer_use(somebody, uses_of(note)[0], Answer(UseResult.USED, "剪完了"))
    db.session.add_all(_picture(somebody.id, note.post_id, k) for k in range(2))
    db.session.commit()


def _post(post_id: int) -> Post:
    query = db.select(Post).options(db.joinedload(Post.thread)).where(Post.id == post_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _meeting(scene: Scene, word: str) -> Meeting:
    return db.session.get_one(Meeting, scene.ids["meeting_id", word])


def _picture(owner_id: int, post_id: int, position: int) -> Picture:
    return Picture(
        key=secrets.token_hex(20), owner_id=owner_id, post_id=post_id, position=position, width=640, height=480, size=9
    )


def _document(owner_id: int, post_id: int, position: int) -> Document:
    kind, name = DocumentKind.DOCX, f"材料{position}.docx"
    return Document(
        key=secrets.token_hex(20), owner_id=owner_id, post_id=post_id, position=position, kind=kind, name=name, size=9
    )
