"""Study trips and lectures of the scene, in every state."""

from datetime import timedelta

from forum.clock import today
from forum.extensions import db
from forum.learning.lectures.models import LectureAnswered
from forum.learning.lectures.voices import Degree as HowMuch
from forum.learning.lectures.voices import Voice, hear
from forum.learning.trips.actions import cancel_trip, close_trip
from forum.learning.trips.models import StudyTrip
from forum.threads.models import Reach
from tests.learning.lecture_makers import make_expert, make_lecture
from tests.learning.makers import line as trip_line
from tests.learning.makers import make_note, make_trip, pass_time, put_down
from tests.learning.makers import uses_of as trip_uses
from tests.trust.stage import Scene, mark


def set_trips(scene: Scene) -> None:
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


def set_lectures(scene: Scene) -> None:
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
