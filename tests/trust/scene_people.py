"""What belongs to the people of the scene: what they were told, where, their searches, slips, sessions and offices."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import product

from forum.accounts.sessions import begin_session
from forum.clock import today, utcnow
from forum.extensions import db
from forum.learning.lectures.models import Expert, Lecture
from forum.learning.trips.models import StudyTrip
from forum.library.adoptions.models import Adoption
from forum.library.models import Experience
from forum.meetings.models import Meeting
from forum.moderation.actions import add_suggestion, report_post
from forum.moderation.models import Report, ReportKind
from forum.notices.kinds import KINDS
from forum.notices.mail.addresses import confirm_token, stop_token
from forum.notices.mail.models import MailAddress
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.robots.actions import add_robot
from forum.notices.robots.models import Hears, RobotKind
from forum.search.saved.models import SavedSearch, SearchFind
from forum.threads.models import Post
from forum.units.models import Person, Posting
from forum.units.roster_file import read_roster
from forum.units.slips import make_slip
from forum.units.uploads import keep_roster
from tests.factories import make_person, save
from tests.trust.stage import Scene, mark
from tests.units.rosters import HEADER, xlsx


def set_searches(scene: Scene) -> None:
    saved = save(SavedSearch(person_id=scene.world.secretary.id, text="石榴", tells=True, new_since=today()))
    scene.ids["saved_id", "own"] = saved.id
    save(SearchFind(saved_search_id=saved.id, thread_id=scene.ids["thread_id", "open"]))


def set_told(scene: Scene) -> None:
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
        "lecture": scene.ids["lecture_id", "coming"],
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


def set_mail(scene: Scene) -> None:
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


def set_robots(scene: Scene) -> None:
    """The township's chat group has a robot."""
    key = f"{mark('robot')}{'k' * 20}"
    robot = add_robot(scene.world.organiser, RobotKind.DINGTALK, "书记群", key, f"SEC{key}", set(Hears))
    db.session.commit()
    scene.ids["robot_id", "town"] = robot.id


def set_accounts(scene: Scene) -> None:
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


def set_offices(scene: Scene) -> None:
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
    places = {"village": world.village, "town": world.town, "district": world.district, "bureau": world.bureau}
    for word, unit in places.items():
        scene.ids["place_id", word] = unit.id
    for role in ("secretary", "former", "expert", "admin"):
        somebody = world.everybody[role]
        assert somebody
        scene.ids["person_id", role] = somebody.id
    roster = read_roster(xlsx([HEADER, ("柳林镇", "", "前柳村", "柳石榴", "", "副书记", "")]), "名册.xlsx")
    scene.ids["token", "town"] = keep_roster(world.organiser, "名册.xlsx", roster).token
    db.session.commit()


def set_versions(scene: Scene) -> None:
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
