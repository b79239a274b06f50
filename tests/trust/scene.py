"""A district in which everything there is stands in every state that rights depend on.

What an address needs is found by the name of the argument and a word for the state: ``scene.ids["thread_id", "narrowed"]``.
Every text carries ``mark(word)`` of the object it belongs to, and the word 石榴, by which the search finds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

from sqlalchemy import update

from forum.accounts.passwords import hash_password
from forum.accounts.sessions import begin_session
from forum.clock import today, utcnow
from forum.consultations.actions import Task, conclude, decide_without_thread
from forum.consultations.calling import call_panel
from forum.consultations.finishing import finish_action
from forum.consultations.members import people_to_call
from forum.consultations.models import ActionItem, FollowUp, Invitation, Outcome
from forum.extensions import db
from forum.hall.actions import ask
from forum.learning.lectures.models import Expert, Lecture, LectureAnswered
from forum.learning.lectures.voices import Degree as HowMuch
from forum.learning.lectures.voices import Voice, hear
from forum.learning.trips.actions import cancel_trip, close_trip
from forum.learning.trips.models import StudyTrip
from forum.library.actions import make_card
from forum.library.adoptions.actions import adopt_card, report_result
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.life import nominate_card, publish_card, retire_card
from forum.library.models import Experience
from forum.library.shelves.actions import shelve_card
from forum.media.actions import attach, keep_picture
from forum.media.pictures import prepare
from forum.meetings.actions import hold
from forum.meetings.afterwards import take_attendance
from forum.meetings.agenda import Line, add_item
from forum.meetings.calendar_links import key_of, make_link
from forum.meetings.closing.actions import Closing, close
from forum.meetings.minutes.actions import Marked, add_mark, write_part
from forum.meetings.minutes.models import MarkKind
from forum.meetings.models import AgendaKind, Meeting, Sitting
from forum.meetings.proposals.actions import Theme, propose_theme, this_month, withdraw_theme
from forum.meetings.signing_codes import prove
from forum.moderation.actions import add_suggestion, report_post
from forum.moderation.models import Report, ReportKind
from forum.notices.kinds import KINDS
from forum.notices.mail.addresses import confirm_token, stop_token
from forum.notices.mail.models import MailAddress
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.robots.actions import add_robot
from forum.notices.robots.models import Hears, RobotKind
from forum.screening.actions import list_words
from forum.screening.models import Degree, ListedWord
from forum.search.saved.models import SavedSearch, SearchFind
from forum.tags.models import Tag
from forum.threads.actions import accept_answer, add_reply, begin_thread
from forum.threads.models import HeldFor, Post, Reach, Thread, ThreadKind
from forum.threads.moderation import hide_post, lock_thread
from forum.threads.tidying.merging import merge
from forum.units.actors import Actor, CurrentPosting
from forum.units.models import Person, Posting, Role, Unit, UnitKind
from forum.units.roster_file import read_roster
from forum.units.slips import make_slip
from forum.units.uploads import keep_roster
from tests.accounts.conftest import PASSWORD
from tests.browsing import session_token
from tests.factories import World, make_person, make_post, make_thread, make_world, save
from tests.learning.lecture_makers import make_expert, make_lecture
from tests.learning.makers import line as trip_line
from tests.learning.makers import make_note, make_trip, pass_time, put_down
from tests.learning.makers import uses_of as trip_uses
from tests.library.adopting import speaker
from tests.media.shots import picture
from tests.meetings.makers import began, make_item, make_meeting, reloaded
from tests.units.rosters import HEADER, xlsx

FOUND_BY = "石榴"


def mark(word: str) -> str:
    """A word that stands in the texts of one object and nowhere else."""
    return f"zq{word.replace('-', '')}qz"


@dataclass
class Scene:
    """The people, what is there, and who is signed in."""

    world: World
    ids: dict[tuple[str, str], Any] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)  # the session token of each role


def set_scene() -> Scene:
    """Build it; takes about half a second."""
    scene = Scene(make_world())
    world = scene.world
    for role, actor in world.everybody.items():
        if actor is not None:
            scene.seats[role] = session_token(actor)
    db.session.execute(update(Person).values(password_hash=hash_password(PASSWORD)))
    db.session.commit()
    _threads(scene)
    _pictures(scene)
    _cards(scene)
    _adoptions(scene)
    _meetings(scene)
    _themes(scene)
    _trips(scene)
    _lectures(scene)
    _decisions(scene)
    _ledger(scene)
    _searches(scene)
    _told(scene)
    _mail(scene)
    _robots(scene)
    _accounts(scene)
    _offices(scene)
    _note_versions(scene)
    db.session.rollback()
    for unit in vars(world).values():
        if isinstance(unit, Unit):  # outlives the session that loaded it
            db.session.refresh(unit)
            db.session.expunge(unit)
    return scene


def _words(word: str) -> tuple[str, str]:
    return f"{mark(word)} 石榴怎么卖", f"村里的石榴 {mark(word)} 没人收。"


def _threads(scene: Scene) -> None:
    world = scene.world
    narrow = {"reach": Reach.TOWNSHIP}
    panel = {"reach": Reach.PANEL, "admitted": [world.far_secretary, world.expert]}
    for word, author, values in (
        ("open", world.secretary, {}),
        ("narrowed", world.secretary, narrow),
        ("panel", world.secretary, panel),
        ("called", world.secretary, {}),
        ("confided", world.secretary, {"reach": Reach.PANEL}),
        ("hidden", world.secretary, {}),
        ("locked", world.secretary, {}),
        ("far", world.far_secretary, {}),
        ("far-narrowed", world.far_secretary, narrow),
        ("notice", world.district_staff, {"kind": ThreadKind.NOTICE}),
    ):
        title, body = _words(word)
        thread = make_thread(author, title, body, **values)
        replier = world.neighbour_secretary if author is not world.far_secretary else world.far_organiser
        replier = world.far_secretary if word in ("panel", "confided") else replier
        reply = make_post(thread, replier, f"石榴 {mark(word)} 先联系合作社。")
        scene.ids["thread_id", word] = thread.id
        scene.ids["other_id", word] = scene.ids["thread_id", "open"] if word != "open" else thread.id
        scene.ids["post_id", word] = _opening(thread).id
        scene.ids["post_id", f"{word}-reply"] = reply.id
    scene.ids["other_id", "open"] = scene.ids["thread_id", "locked"]
    thread = _thread(scene, "open")
    answered = db.session.get_one(Post, scene.ids["post_id", "open-reply"])
    make_post(thread, world.far_secretary, f"{mark('open')} 我们村也是这样。", parent=answered)
    hidden = make_post(thread, world.neighbour_secretary, f"石榴 {mark('hidden-reply')} 骂人的话。")
    scene.ids["post_id", "hidden-reply-in-open"] = hidden.id
    former = _former(world)
    own = make_post(_thread(scene, "narrowed"), former, f"石榴 {mark('former')} 我以前种过。")
    scene.ids["post_id", "former"] = own.id
    for word in ("hidden", "hidden-reply-in-open"):
        post = db.session.scalars(
            db.select(Post).options(db.joinedload(Post.thread)).where(Post.id == scene.ids["post_id", word])
        ).one()
        hide_post(world.organiser, post, f"{mark('hidden')} 不合适")
    lock_thread(world.organiser, _thread(scene, "locked"), on=True)
    doubled = make_thread(world.secretary, *_words("locked"))
    scene.ids["thread_id", "merged"] = doubled.id
    scene.ids["deed_id", "merged"] = merge(world.organiser, doubled, _thread(scene, "locked")).id
    waiting = begin_thread(world.secretary, ThreadKind.QUESTION, *_words("held"), held=HeldFor.FIRST)
    scene.ids["thread_id", "held"], scene.ids["post_id", "held"] = waiting.thread_id, waiting.id
    said = f"石榴 {mark('held-reply')} 有名单上的词。"
    reply = add_reply(world.neighbour_secretary, _thread(scene, "open"), said, held=HeldFor.WORD)
    scene.ids["post_id", "held-reply"] = reply.id
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    scene.ids["word_id", "listed"] = db.session.scalars(db.select(ListedWord.id)).one()
    db.session.commit()


def _former(world: World) -> Actor:
    """The former secretary as he was in office."""
    posting = db.session.scalars(db.select(Posting).where(Posting.person_id == world.former.id)).one()
    then = CurrentPosting(
        posting.id,
        Role.SECRETARY,
        "",
        world.far_village.id,
        world.far_village.name,
        UnitKind.VILLAGE,
        world.other_town.id,
        world.district.id,
        world.district.name,
        False,
    )
    return replace(world.former, postings=(then,), posting=then)


def _thread(scene: Scene, word: str) -> Thread:
    return db.session.get_one(Thread, scene.ids["thread_id", word])


def _opening(thread: Thread) -> Post:
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()


def _pictures(scene: Scene) -> None:
    for word, owner, post in (
        ("unattached", scene.world.secretary, None),
        ("open", scene.world.secretary, "open"),
        ("narrowed", scene.world.secretary, "narrowed"),
        ("panel", scene.world.secretary, "panel"),
        ("hidden", scene.world.secretary, "hidden"),
        ("hidden-reply", scene.world.neighbour_secretary, "hidden-reply-in-open"),
    ):
        kept = keep_picture(owner, prepare(picture()))
        db.session.flush()
        if post:
            attach(scene.ids["post_id", post], [kept])
        scene.ids["key", word] = kept.key
    scene.ids["key", "none"] = "0" * 40
    db.session.commit()


def _cards(scene: Scene) -> None:
    world = scene.world
    for word, thread, steps in (
        ("draft", "open", ()),
        ("nominated", "open", (nominate_card,)),
        ("published", "open", (nominate_card, publish_card)),
        ("unconfirmed", "open", (nominate_card,)),
        ("retired", "open", (nominate_card, publish_card, partial(retire_card, reason="石榴砍了"))),
        ("narrowed-draft", "narrowed", ()),
        ("narrowed-nominated", "narrowed", (nominate_card,)),
        ("narrowed-published", "narrowed", (nominate_card, publish_card)),
        ("panel-draft", "panel", ()),
        ("panel-nominated", "panel", (nominate_card,)),
        ("panel-published", "panel", (nominate_card, publish_card)),
    ):
        parts = {
            name: f"石榴 {mark('card-' + word)} {name}"
            for name in ("problem", "practice", "result", "suitable", "caution", "cost")
        }
        card = make_card(world.secretary, _thread(scene, thread), world.village, f"{mark('card-' + word)} 石榴", parts)
        for step in steps:
            is_own = step is nominate_card and word != "unconfirmed"
            step(world.secretary if is_own else world.organiser, card)
        db.session.flush()
        scene.ids["card_id", word] = card.id
    db.session.commit()


def _adoptions(scene: Scene) -> None:
    world = scene.world
    for word, card, who, writer in (
        ("open", "published", world.neighbour_secretary, world.neighbour_secretary),
        ("far", "published", world.far_secretary, world.far_organiser),
        ("narrowed", "narrowed-published", world.neighbour_secretary, world.organiser),
    ):
        said = f"石榴 {mark('adoption-' + word)}"
        experience = db.session.get_one(Experience, scene.ids["card_id", card])
        adoption = adopt_card(writer, experience, speaker(who), f"{said} 先种五亩", today() + timedelta(days=30))
        if word != "open":
            db.session.refresh(adoption, ["unit"])
            report_result(who, adoption, AdoptionResult.FAILED, f"{said} 水跟不上", f"{said} 先打井")
        db.session.flush()
        scene.ids["adoption_id", word] = adoption.id
    for word, card, who in (
        ("town", "published", world.organiser),
        ("narrowed", "narrowed-published", world.organiser),
        ("district", "published", world.district_staff),
    ):
        experience = db.session.get_one(Experience, scene.ids["card_id", card])
        scene.ids["entry_id", word] = shelve_card(who, experience, f"石榴 {mark(f'shelf-{word}')} 先看").id
    db.session.commit()


def _meetings(scene: Scene) -> None:
    world = scene.world
    named = {"chair_id": world.deputy.id, "note_taker_id": world.neighbour_secretary.id}
    words = ("draft", "announced", "begun", "held", "counted", "closed", "postponed", "cancelled", "rearranged")
    for number, word in enumerate(words, start=11):
        state = word if word in ("draft", "postponed", "cancelled") else "announced"
        meeting = make_meeting(world, state, number=number, theme=f"{mark('meeting-' + word)} 石榴", **named)
        scene.ids["meeting_id", word] = meeting.id
        scene.ids["sitting_id", word] = meeting.main_sitting.id
        scene.ids["person_id", word] = world.secretary.id
        scene.ids["proof", word] = prove(meeting.main_sitting.id)
        if state in ("draft", "announced"):
            _agenda(scene, word, meeting)
        if word == "rearranged":  # and not published yet
            add_item(
                world.organiser, reloaded(meeting), Line(AgendaKind.CASE, f"{mark('agenda-unpublished')} 讲石榴苗")
            )
            scene.ids["number", word] = 1
        if word in ("begun", "held", "counted", "closed"):
            _pass_time(meeting)
        if word == "begun":
            question = ask(world.secretary, meeting.main_sitting.id, f"{mark('meeting-begun')} 石榴苗哪里买？")
            scene.ids["question_id", word] = question.id
        if word in ("held", "counted", "closed"):
            hold(world.organiser, reloaded(meeting))
        if word in ("announced", "held"):
            _write(scene, word, meeting)
        if word in ("counted", "closed"):
            meeting = reloaded(meeting)
            take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
            write_part(world.organiser, meeting, f"石榴 {mark('meeting-' + word)} 记录", version=0)
        if word == "closed":
            close(world.organiser, reloaded(meeting), Closing(left_out="没时间议"))
        db.session.commit()
    leaf = Tag(code="scene", name="石榴")
    db.session.add(leaf)
    db.session.flush()
    scene.ids["tag_id", "leaf"] = leaf.id
    for word, owner in (("calendar", world.secretary), ("former-calendar", world.former)):
        scene.ids["key", word] = key_of(make_link(owner))
    db.session.commit()


def _trips(scene: Scene) -> None:
    world = scene.world
    narrow = {"reach": Reach.TOWNSHIP}
    for word, planner, values in (
        ("draft", world.organiser, {"is_open": False}),
        ("open", world.organiser, {}),
        ("narrowed", world.organiser, narrow),
        ("back", world.organiser, {}),
        ("closed", world.organiser, {}),
        ("cancelled", world.organiser, {}),
        ("district", world.district_staff, {}),
        ("far-narrowed", world.far_organiser, narrow),
    ):
        said = mark(f"trip-{word}")
        trip = make_trip(planner, title=f"{said} 去看石榴", brief=f"石榴 {said} 怎么种", seats=20, **values)
        scene.ids["trip_id", word] = trip.id
        writer = {"narrowed": world.secretary, "far-narrowed": world.far_secretary}.get(word, world.neighbour_secretary)
        if word not in ("draft", "district"):
            put_down(trip, writer, *([world.secretary] if word in ("open", "back") else []))
        if word in ("narrowed", "back", "closed", "far-narrowed"):
            said = mark(f"trip-note-{word}")
            line = trip_line(f"石榴 {said} 剪枝", plan=f"石榴 {said} 先剪十棵", due=today() + timedelta(days=30))
            note = make_note(writer, pass_time(trip), f"石榴 {said} 一树一牌", line)
            scene.ids["use_id", word] = trip_uses(note)[0].id
            role = "secretary" if writer is world.secretary else "neighbour"
            scene.ids["note_version", f"{word}-{role}"] = 1
        if word == "closed":
            close_trip(planner, db.session.get_one(StudyTrip, trip.id), on=True)
        if word == "cancelled":
            cancel_trip(planner, db.session.get_one(StudyTrip, trip.id), f"石榴 {said} 没开花")
        db.session.commit()
    scene.ids["person_id", "open"] = world.secretary.id


def _lectures(scene: Scene) -> None:
    world = scene.world
    said = mark("expert-outside")
    expert = make_expert(world.organiser, f"石{said}", about=f"石榴 {said}", contact=f"石榴 {mark('expert-contact')}")
    scene.ids["expert_id", "outside"] = expert.id
    for word, planner in (("coming", world.organiser), ("over", world.organiser), ("district", world.district_staff)):
        said = mark(f"lecture-{word}")
        lecture = make_lecture(
            planner,
            expert,
            is_over=word == "over",
            title=f"{said} 剪石榴",
            brief=f"石榴 {said}",
            place=f"石榴园 {said}",
        )
        scene.ids["lecture_id", word] = lecture.id
    for person in (world.secretary, world.deputy, world.expert):
        hear(person, scene.ids["lecture_id", "over"], Voice(HowMuch.YES, HowMuch.YES, f"石榴 {mark('lecture-wish')}"))
    db.session.execute(db.delete(LectureAnswered))  # everybody of the table may still answer
    db.session.commit()


def _agenda(scene: Scene, word: str, meeting: Meeting) -> None:
    item = make_item(scene.world, meeting, f"{mark('meeting-' + word)} 讲石榴")
    scene.ids["item_id", word] = item.id
    for thread in ("open", "narrowed", "panel"):
        thread_id = scene.ids["thread_id", thread]
        item = make_item(scene.world, meeting, _thread(scene, thread).title, thread_id=thread_id)
        scene.ids["meeting_id", f"{word}-{thread}"] = meeting.id
        scene.ids["item_id", f"{word}-{thread}"] = item.id


def _write(scene: Scene, word: str, meeting: Meeting) -> None:
    """Minutes of the first line, with a sentence that somebody is to do."""
    organiser, item_id = scene.world.organiser, scene.ids["item_id", word]
    part = write_part(organiser, meeting, f"石榴 {mark('meeting-' + word)} 谁家的。", item_id=item_id, version=0)
    marked = Marked(f"{mark('meeting-' + word)} 登记石榴", scene.world.village.id, None, today() + timedelta(days=9))
    scene.ids["mark_id", word] = add_mark(organiser, meeting, part, MarkKind.ACTION, marked).id
    scene.ids["part_version", word] = part.version


def _pass_time(meeting: Meeting) -> None:
    """Let the meeting have begun an hour ago."""
    values = {"starts_at": began(60), "ends_at": began(10)}
    db.session.execute(update(Sitting).where(Sitting.meeting_id == meeting.id).values(values))
    db.session.commit()


def _themes(scene: Scene) -> None:
    """Proposed by the district: to both townships, to the other only, and taken back."""
    world = scene.world
    both = [world.town.id, world.other_town.id]
    for word, townships in (("open", both), ("far", [world.other_town.id]), ("withdrawn", both)):
        said = f"{mark('theme-' + word)} 石榴"
        theme = propose_theme(world.district_staff, Theme(this_month(), said, f"{said} 各村都在问"), townships)
        if word == "withdrawn":
            withdraw_theme(world.district_staff, theme)
        scene.ids["proposal_id", word] = theme.id
    db.session.commit()


def _decisions(scene: Scene) -> None:
    world = scene.world
    for word in ("open", "narrowed", "panel", "hidden", "called", "confided"):
        _call(scene, word)
    for word in ("open", "narrowed", "panel", "hidden"):
        thread = _thread(scene, word)
        conclude(
            world.organiser,
            thread,
            f"{mark(word)} 建个石榴合作社",
            tasks=[Task(f"{mark(word)} 登记石榴户", world.village.id, today() - timedelta(days=9))],
            village_ids=[world.village.id],
            follow_up=today() - timedelta(days=9),
        )
        scene.ids["outcome_id", word] = db.session.scalars(db.select(Outcome.id).filter_by(thread_id=thread.id)).one()
        scene.ids["follow_up_id", word] = db.session.scalars(
            db.select(FollowUp.id).filter_by(thread_id=thread.id)
        ).one()
        scene.ids["action_id", word] = db.session.scalars(
            db.select(ActionItem.id).order_by(ActionItem.id.desc())
        ).first()
    accept_answer(world.secretary, _thread(scene, "open"), db.session.get_one(Post, scene.ids["post_id", "open-reply"]))
    db.session.commit()


def _ledger(scene: Scene) -> None:
    """What a meeting decided without a thread, and whoever is in charge says that it is done."""
    world, said = scene.world, mark("meeting-closed")
    tasks = [Task(f"{said} 修路灯", world.village.id, today() - timedelta(days=9))]
    decide_without_thread(world.organiser, scene.ids["meeting_id", "closed"], tasks)
    query = db.select(ActionItem).options(db.joinedload(ActionItem.unit)).order_by(ActionItem.id.desc())
    action = db.session.scalars(query.limit(1)).one()
    finish_action(world.secretary, action, f"{said} 修好了")
    scene.ids["action_id", "finished"] = action.id
    db.session.commit()


def _call(scene: Scene, word: str) -> None:
    world, thread = scene.world, _thread(scene, word)
    helpers = [world.deputy if word == "narrowed" else world.far_secretary, world.neighbour_secretary]
    helpers = [world.far_secretary, world.expert] if word in ("panel", "called", "confided") else helpers
    rows = people_to_call(thread, chosen=[actor.id for actor in helpers], words="nobody")
    panel = call_panel(world.organiser, thread, rows, today() + timedelta(days=7), f"{mark(word)} 看看石榴")
    db.session.flush()
    scene.ids["panel_id", word] = panel.id
    invitations = db.select(Invitation).where(Invitation.consultation_id == panel.id).order_by(Invitation.id)
    for invitation in db.session.scalars(invitations):
        role = next(role for role, actor in world.everybody.items() if actor and actor.id == invitation.person_id)
        scene.ids["invitation_id", f"{word}-{role}"] = invitation.id
        scene.ids.setdefault(("invitation_id", word), invitation.id)
        invitation.decline_note = f"{mark(word)} 没种过石榴"
    db.session.commit()


def _searches(scene: Scene) -> None:
    saved = save(SavedSearch(person_id=scene.world.secretary.id, text="石榴", tells=True, new_since=today()))
    scene.ids["saved_id", "own"] = saved.id
    save(SearchFind(saved_search_id=saved.id, thread_id=scene.ids["thread_id", "open"]))


def _told(scene: Scene) -> None:
    world = scene.world
    for word, reporter in (
        ("open", world.far_secretary),
        ("narrowed", world.deputy),
        ("panel", world.expert),
        ("far", world.expert),
    ):
        post = db.session.get_one(Post, scene.ids["post_id", word])
        report_post(reporter, post, ReportKind.OTHER, f"{mark('report-' + word)} 石榴")
        scene.ids["report_id", word] = db.session.scalars(db.select(Report.id).order_by(Report.id.desc())).first()
    for word, actor in (("town", world.secretary), ("far", world.far_secretary), ("bureau", world.expert)):
        suggestion = add_suggestion(actor, f"{mark('suggestion-' + word)} 字太小", "/threads/")
        db.session.flush()
        scene.ids["suggestion_id", word] = suggestion.id
    for actor in (a for a in world.everybody.values() if a is not None):
        for word in ("open", "narrowed", "panel", "hidden"):
            tell_all_kinds(scene, [actor.id], word)
    db.session.commit()
    scene.ids["item_id", "told"] = db.session.scalars(
        db.select(InboxItem.id).where(InboxItem.person_id == world.secretary.id)
    ).first()


def tell_all_kinds(scene: Scene, people: Iterable[int], word: str = "open") -> None:
    """Put a notice of every kind into people's inboxes, as delivered; the caller commits."""
    is_narrow = word in ("narrowed", "panel")
    card, meeting = (f"{word}-published", "draft") if is_narrow else ("published", "announced")
    subjects: dict[str, int] = {
        "thread.replied": scene.ids["post_id", f"{word}-reply"],
        "thread.decided": scene.ids["thread_id", word],
        "post": scene.ids["post_id", word],
        "report": scene.ids["report_id", "narrowed" if is_narrow else "open"],
        "thread": scene.ids["post_id", word],
        "card": scene.ids["card_id", card],
        "adoption": scene.ids["adoption_id", "narrowed" if word == "narrowed" else "far"],
        "meeting": scene.ids["meeting_id", meeting],
        "theme": scene.ids["proposal_id", "open"],
        "trip": scene.ids["trip_id", "narrowed" if is_narrow else "open"],
        "tripuse": scene.ids["use_id", "narrowed" if is_narrow else "back"],
        "panel": scene.ids["thread_id", word],
        "thread.reopened": scene.ids["thread_id", word],
        "followup": scene.ids["thread_id", word],
        "action": scene.ids["thread_id", word],
        "task": scene.ids["meeting_id", meeting],
        "search.thread": scene.ids["thread_id", word],
        "search.card": scene.ids["card_id", card],
    }
    for person_id, kind in product(people, sorted(KINDS)):
        subject = subjects.get(kind) or subjects[kind.partition(".")[0]]
        message = OutboxMessage(kind=kind, recipient_id=person_id, subject_id=subject, sent_at=utcnow())
        db.session.add(message)
        db.session.flush()
        thread_id = scene.ids["thread_id", word] if kind.startswith("thread.") else None
        values = {"person_id": person_id, "kind": kind, "subject_id": subject, "thread_id": thread_id}
        db.session.add(InboxItem(message_id=message.id, **values))


def _mail(scene: Scene) -> None:
    """The deputy has a mail address and wants another one."""
    deputy = scene.world.deputy.id
    address = f"{mark('mail')}@example.org"
    row = save(
        MailAddress(
            person_id=deputy,
            address=address,
            pending=f"new.{address}",
            nonce="n" * 20,
            asked_at=utcnow() - timedelta(hours=1),
        )
    )
    scene.ids["token", "wanted"], scene.ids["token", "wrong"] = confirm_token(row), "wrong"
    scene.ids["token", "confirmed"] = stop_token(deputy, address)


def _robots(scene: Scene) -> None:
    """The township's chat group has a robot."""
    key = f"{mark('robot')}{'k' * 20}"
    robot = add_robot(scene.world.organiser, RobotKind.DINGTALK, "书记群", key, f"SEC{key}", set(Hears))
    db.session.commit()
    scene.ids["robot_id", "town"] = robot.id


def _accounts(scene: Scene) -> None:
    world = scene.world
    _token, row = begin_session(world.secretary.id)
    db.session.flush()
    scene.ids["session_id", "secretary"] = row.id
    new = make_person("新来的", privacy_version=None)
    save(
        Posting(person_id=new.id, unit_id=world.neighbour.id, role="deputy", since=utcnow().date() - timedelta(days=3))
    )
    code, _slip = make_slip(None, new)
    scene.ids["code", "slip"], scene.ids["code", "wrong"] = code, "AAAA-AAAA-AAAA"
    scene.ids["filename", "style"] = "forum.css"
    db.session.commit()
    for role, actor in world.everybody.items():
        if actor is not None:
            scene.ids["phone", role] = db.session.get_one(Person, actor.id).phone


def _offices(scene: Scene) -> None:
    world = scene.world
    for word, actor in (
        ("secretary", world.secretary),
        ("organiser", world.organiser),
        ("district", world.district_staff),
    ):
        assert actor.posting
        scene.ids["posting_id", word] = actor.posting.id
    scene.ids["unit_id", "village"] = world.village.id
    scene.ids["township_id", "town"] = world.town.id
    roster = read_roster(xlsx([HEADER, ("柳林镇", "", "前柳村", "柳石榴", "", "副书记", "")]), "名册.xlsx")
    scene.ids["token", "town"] = keep_roster(world.organiser, "名册.xlsx", roster).token
    db.session.commit()


def _note_versions(scene: Scene) -> None:
    """What forms send along of the version that they were opened with."""
    for (kind, word), ident in list(scene.ids.items()):
        if kind == "meeting_id":
            scene.ids["meeting_version", word] = db.session.get_one(Meeting, ident).version
        elif kind == "adoption_id":
            scene.ids["adoption_version", word] = db.session.get_one(Adoption, ident).version
        elif kind == "expert_id":
            scene.ids["expert_version", word] = db.session.get_one(Expert, ident).version
        elif kind == "lecture_id":
            scene.ids["lecture_version", word] = db.session.get_one(Lecture, ident).version
        elif kind == "trip_id":
            scene.ids["trip_version", word] = db.session.get_one(StudyTrip, ident).version
        elif kind == "card_id":
            scene.ids["card_version", word] = db.session.get_one(Experience, ident).version
        elif kind == "post_id":
            scene.ids["version", word] = db.session.get_one(Post, ident).version
