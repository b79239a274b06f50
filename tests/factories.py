"""Makers of rows for tests. Each commits, so that requests see what the test made."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from forum.accounts.privacy import PRIVACY_VERSION
from forum.clock import today, utcnow
from forum.extensions import db
from forum.threads.models import Post, Thread, ThreadAdmission, ThreadKind
from forum.units.actors import Actor, load_actor
from forum.units.models import Person, Posting, Role, Unit, UnitKind

_numbers = count(1)
LONG_AGO = date(2019, 3, 1)


def save(*rows: Any) -> Any:
    """Add, commit and give back the first."""
    db.session.add_all(rows)
    db.session.commit()
    return rows[0]


def make_unit(kind: UnitKind, name: str, parent: Unit | None = None, **values: Any) -> Unit:
    """A unit below its parent, with its scope filled in."""
    unit = Unit(kind=kind, name=name, parent_id=parent.id if parent else None, **values)
    db.session.add(unit)
    db.session.flush()
    unit.district_id = unit.id if kind is UnitKind.DISTRICT else (parent.district_id if parent else None)
    unit.township_id = unit.id if kind is UnitKind.TOWNSHIP else (parent.township_id if parent else None)
    db.session.commit()
    return unit


def make_person(name: str, *, phone: str | None = None, **values: Any) -> Person:
    """A person with a phone number of his own, who has agreed to the privacy notice."""
    values.setdefault("privacy_version", PRIVACY_VERSION)
    return save(Person(name=name, phone=phone or f"199{next(_numbers):08d}", **values))


def make_actor(
    name: str, role: Role, unit: Unit, *, since: date = LONG_AGO, until: date | None = None, title: str = ""
) -> Actor:
    """A person holding a role in a unit, as an actor."""
    person = make_person(name)
    save(Posting(person_id=person.id, unit_id=unit.id, role=role, since=since, until=until, title=title))
    return actor_of(person.id)


def actor_of(person_id: int, speaks_for: int | None = None) -> Actor:
    """The actor for a person; fails the test when he cannot act."""
    actor = load_actor(person_id, speaks_for)
    db.session.rollback()
    assert actor is not None
    return actor


@dataclass
class World:
    """A small district: two townships, a bureau, and somebody in each role."""

    district: Unit
    town: Unit
    other_town: Unit
    village: Unit
    neighbour: Unit
    far_village: Unit
    bureau: Unit
    secretary: Actor
    deputy: Actor
    neighbour_secretary: Actor
    far_secretary: Actor
    organiser: Actor
    far_organiser: Actor
    district_staff: Actor
    expert: Actor
    admin: Actor
    former: Actor

    @property
    def everybody(self) -> dict[str, Actor | None]:
        """Role names as the rights table uses them."""
        return {
            "secretary": self.secretary,
            "deputy": self.deputy,
            "neighbour": self.neighbour_secretary,
            "far_secretary": self.far_secretary,
            "organiser": self.organiser,
            "far_organiser": self.far_organiser,
            "district": self.district_staff,
            "expert": self.expert,
            "admin": self.admin,
            "former": self.former,
            "nobody": None,
        }


def make_world() -> World:
    """Make the small district."""
    district = make_unit(UnitKind.DISTRICT, "清河区")
    town = make_unit(UnitKind.TOWNSHIP, "柳林镇", district)
    other_town = make_unit(UnitKind.TOWNSHIP, "河口镇", district)
    area = make_unit(UnitKind.AREA, "城南管区", town)
    village = make_unit(UnitKind.VILLAGE, "前柳村", area)
    neighbour = make_unit(UnitKind.VILLAGE, "后柳村", area)
    far_village = make_unit(UnitKind.VILLAGE, "渡口村", other_town)
    bureau = make_unit(UnitKind.BUREAU, "区农业农村局", district)
    yesterday = today() - timedelta(days=1)
    return World(
        district=district,
        town=town,
        other_town=other_town,
        village=village,
        neighbour=neighbour,
        far_village=far_village,
        bureau=bureau,
        secretary=make_actor("柳大山", Role.SECRETARY, village, title="党支部书记"),
        deputy=make_actor("柳二河", Role.DEPUTY, village, title="党支部副书记"),
        neighbour_secretary=make_actor("杨来福", Role.SECRETARY, neighbour, title="党支部书记"),
        far_secretary=make_actor("渡小舟", Role.SECRETARY, far_village, title="党支部书记"),
        organiser=make_actor("林组织", Role.ORGANISER, town, title="组织委员"),
        far_organiser=make_actor("何组织", Role.ORGANISER, other_town, title="组织委员"),
        district_staff=make_actor("区文静", Role.DISTRICT, district, title="组织部干部"),
        expert=make_actor("农博士", Role.EXPERT, bureau, title="高级农艺师"),
        admin=make_actor("管理员", Role.ADMIN, district),
        former=make_actor("老支书", Role.SECRETARY, far_village, until=yesterday),
    )


def make_thread(
    author: Actor, title: str = "地没人种怎么办", body: str = "年轻人都出去了，两百亩地撂荒。", **values: Any
) -> Thread:
    """A thread with its opening post, as an import would write it; ``admitted`` are those who may read one for the panel only."""
    assert author.posting is not None
    admitted = values.pop("admitted", ())
    at: datetime = values.pop("created_at", None) or utcnow()
    thread = Thread(
        kind=values.pop("kind", ThreadKind.QUESTION),
        title=title,
        author_id=author.id,
        posting_id=author.posting.id,
        unit_id=author.posting.unit_id,
        township_id=author.posting.township_id,
        district_id=author.posting.district_id,
        created_at=at,
        last_post_at=values.pop("last_post_at", at),
        **values,
    )
    db.session.add(thread)
    db.session.flush()
    db.session.add_all(ThreadAdmission(thread_id=thread.id, person_id=actor.id) for actor in admitted)
    save(_post(thread, author, body, at, is_opening=True))
    return thread


def make_post(
    thread: Thread, author: Actor, body: str = "先找几户带头试种。", *, parent: Post | None = None, **values: Any
) -> Post:
    """A reply to the thread or to another reply."""
    at = values.pop("created_at", None) or utcnow()
    if parent is not None:
        values |= {"parent_id": parent.id, "root_id": parent.root_id or parent.id}
    post: Post = save(_post(thread, author, body, at, **values))
    thread.reply_count = (thread.reply_count or 0) + 1
    thread.last_post_at = max(thread.last_post_at, at)
    db.session.commit()
    return post


def _post(thread: Thread, author: Actor, body: str, at: datetime, **values: Any) -> Post:
    assert author.posting is not None
    return Post(
        thread_id=thread.id,
        author_id=author.id,
        posting_id=author.posting.id,
        unit_id=author.posting.unit_id,
        body=body,
        body_html=f"<p>{body}</p>",
        created_at=at,
        **values,
    )
