"""Meetings of the scene, and what was decided and is to be done, in every state."""

from datetime import timedelta

from sqlalchemy import update

from forum.clock import today
from forum.consultations.actions import Task, conclude, decide_without_thread
from forum.consultations.calling import call_panel
from forum.consultations.finishing import finish_action
from forum.consultations.members import people_to_call
from forum.consultations.models import ActionItem, FollowUp, Invitation, Outcome
from forum.extensions import db
from forum.hall.actions import ask
from forum.meetings.actions import hold
from forum.meetings.afterwards import take_attendance
from forum.meetings.agenda import Line, add_item
from forum.meetings.calendar_links import key_of, make_link
from forum.meetings.closing.actions import Closing, close
from forum.meetings.minutes.actions import Marked, add_mark, write_part
from forum.meetings.minutes.models import MarkKind
from forum.meetings.models import AgendaKind, Meeting, Sitting
from forum.meetings.proposals.actions import Theme, propose_theme, this_month, withdraw_theme
from forum.tags.models import Tag
from forum.threads.deeds import accept_answer
from forum.threads.models import Post
from tests.meetings.makers import began, make_item, make_meeting, reloaded
from tests.trust.stage import Scene, mark, thread_of


def set_meetings(scene: Scene) -> None:
    world = scene.world
    named = {"chair_id": world.deputy.id, "note_taker_id": world.neighbour_secretary.id}
    words = ("draft", "announced", "begun", "held", "counted", "closed", "postponed", "cancelled", "rearranged")
    for number, word in enumerate(words, start=11):
        state = word if word in ("draft", "postponed", "cancelled") else "announced"
        meeting = make_meeting(world, state, number=number, theme=f"{mark('meeting-' + word)} 石榴", **named)
        scene.ids["meeting_id", word] = meeting.id
        scene.ids["sitting_id", word] = meeting.main_sitting.id
        scene.ids["person_id", word] = world.secretary.id
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


def _agenda(scene: Scene, word: str, meeting: Meeting) -> None:
    item = make_item(scene.world, meeting, f"{mark('meeting-' + word)} 讲石榴")
    scene.ids["item_id", word] = item.id
    for thread in ("open", "narrowed", "panel"):
        thread_id = scene.ids["thread_id", thread]
        item = make_item(scene.world, meeting, thread_of(scene, thread).title, thread_id=thread_id)
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


def set_themes(scene: Scene) -> None:
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


def set_decisions(scene: Scene) -> None:
    world = scene.world
    for word in ("open", "narrowed", "panel", "hidden", "called", "confided"):
        _call(scene, word)
    for word in ("open", "narrowed", "panel", "hidden"):
        thread = thread_of(scene, word)
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
    accept_answer(
        world.secretary, thread_of(scene, "open"), db.session.get_one(Post, scene.ids["post_id", "open-reply"])
    )
    db.session.commit()


def set_ledger(scene: Scene) -> None:
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
    world, thread = scene.world, thread_of(scene, word)
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
