"""Rights on random ground: what the queries let somebody see is what the design says in plain Python, for everybody and everything.

A district is drawn at random: its tree, people with offices past, present and to come, sometimes several; threads, replies, cards and
actions of every reach and state. Then each pair of somebody and something is asked for both ways.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.accounts.privacy import PRIVACY_VERSION
from forum.clock import today, utcnow
from forum.consultations.models import ActionItem, Outcome
from forum.consultations.policies import visible_actions
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceSource
from forum.library.policies import visible_cards
from forum.search.documents import Hit
from forum.search.queries import sight_of
from forum.threads.models import Post, Reach, Thread, ThreadAdmission, ThreadKind
from forum.threads.policies import can_moderate, can_reply, may_be_written_for, visible_posts, visible_threads
from forum.threads.readers import may_read
from forum.units.actors import Actor, load_actor
from forum.units.models import Person, Posting, Role, Unit, UnitKind
from tests.browsing import Browser
from tests.conftest import _empty
from tests.factories import make_unit

EXAMPLES = 12
ROLES = [Role.SECRETARY, Role.SECRETARY, Role.DEPUTY, Role.ORGANISER, Role.DISTRICT, Role.EXPERT, Role.ADMIN]
drawn = {"pairs": 0}


@dataclass
class Ground:
    """What was drawn."""

    choose: random.Random
    villages: list[Unit] = field(default_factory=list)
    places: dict[Role, list[Unit]] = field(default_factory=dict)
    people: list[int] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    cards: list[Experience] = field(default_factory=list)
    actions: list[ActionItem] = field(default_factory=list)
    admitted: set[tuple[int, int]] = field(default_factory=set)
    sources: dict[int, list[tuple[int, bool]]] = field(default_factory=dict)  # card → (thread, whether it was opened)

    def thread(self, ident: int) -> Thread:
        return next(thread for thread in self.threads if thread.id == ident)


# ---- the ground ----


def lay(seed: int) -> Ground:
    ground = Ground(random.Random(seed))
    _tree(ground)
    for number in range(14):
        ground.people.append(_person(ground, number))
    for _ in range(18):
        _thread(ground)
    for _ in range(12):
        _card(ground)
    db.session.commit()
    return ground


def _tree(ground: Ground) -> None:
    ground.places = {role: [] for role in Role}
    for d in range(2):
        district = make_unit(UnitKind.DISTRICT, f"区{d}")
        bureau = make_unit(UnitKind.BUREAU, f"局{d}", district)
        for role in (Role.DISTRICT, Role.ADMIN):
            ground.places[role].append(district)
        ground.places[Role.EXPERT].append(bureau)
        for t in range(ground.choose.randint(1, 3)):
            town = make_unit(UnitKind.TOWNSHIP, f"镇{d}{t}", district)
            ground.places[Role.ORGANISER].append(town)
            area = make_unit(UnitKind.AREA, f"片{d}{t}", town)
            for v in range(ground.choose.randint(1, 3)):
                village = make_unit(UnitKind.VILLAGE, f"村{d}{t}{v}", ground.choose.choice((town, area)))
                ground.villages.append(village)
    ground.places[Role.SECRETARY] = ground.places[Role.DEPUTY] = ground.villages


def _person(ground: Ground, number: int) -> int:
    person = Person(name=f"人{number}", privacy_version=PRIVACY_VERSION)
    db.session.add(person)
    db.session.flush()
    trusted = taken = False
    for _ in range(ground.choose.choice((0, 1, 1, 1, 2, 3))):
        role = ground.choose.choice(ROLES)
        place = ground.choose.choice(ground.places[role])
        since, until = _term(ground.choose)
        in_office = until is None
        if in_office and role in (Role.DISTRICT, Role.ADMIN):
            if trusted:
                continue
            trusted = True
        if in_office and role is Role.SECRETARY:
            held = select(Posting.id).where(Posting.unit_id == place.id, Posting.role == role, Posting.until.is_(None))
            if taken or db.session.scalar(held):
                continue
            taken = True
        db.session.add(Posting(person_id=person.id, unit_id=place.id, role=role, since=since, until=until))
        db.session.flush()
    return person.id


def _term(choose: random.Random) -> tuple[date, date | None]:
    """An office that is held, ended yesterday, ends today, or begins tomorrow."""
    long_ago, day = today() - timedelta(days=900), timedelta(days=1)
    return choose.choice(
        [(long_ago, None)] * 6
        + [(long_ago, today() - day), (long_ago, today()), (today() + day, None), (today(), None)]
    )


def _author(ground: Ground) -> tuple[int, Unit]:
    return ground.choose.choice(ground.people), ground.choose.choice(
        [*ground.villages, *ground.places[Role.ORGANISER], *ground.places[Role.EXPERT]]
    )


def _thread(ground: Ground) -> None:
    choose = ground.choose
    author, unit = _author(ground)
    reach = choose.choice(list(Reach)) if unit.township_id else Reach.DISTRICT
    thread = Thread(
        kind=ThreadKind.QUESTION,
        title="石榴",
        author_id=author,
        unit_id=unit.id,
        township_id=unit.township_id,
        district_id=unit.district_id,
        reach=reach,
        hidden_at=choose.choice([None, None, None, utcnow()]),
        locked_at=choose.choice([None, None, utcnow()]),
    )
    db.session.add(thread)
    db.session.flush()
    ground.threads.append(thread)
    if reach is Reach.PANEL:
        for person in choose.sample(ground.people, 3):
            db.session.add(ThreadAdmission(thread_id=thread.id, person_id=person))
            ground.admitted.add((thread.id, person))
    for number in range(3):
        writer = author if number == 0 else choose.choice(ground.people)
        post = Post(
            thread_id=thread.id,
            is_opening=number == 0,
            author_id=writer,
            unit_id=unit.id,
            body="石榴",
            body_html="",
            hidden_at=choose.choice([None, None, utcnow()]) if number else None,
        )
        db.session.add(post)
        ground.posts.append(post)
    outcome = Outcome(thread_id=thread.id, statement="石榴", statement_html="", concluded_by_id=author)
    db.session.add(outcome)
    db.session.flush()
    action = ActionItem(outcome_id=outcome.id, what="石榴", unit_id=unit.id)
    db.session.add(action)
    ground.actions.append(action)


def _card(ground: Ground) -> None:
    choose = ground.choose
    village = choose.choice(ground.villages)
    near = [t for t in ground.threads if t.district_id == village.district_id]
    sources = [(t.id, choose.random() < 0.3) for t in choose.sample(near, min(len(near), choose.randint(0, 2)))]
    narrow = [ground.thread(t) for t, opened in sources if not opened and ground.thread(t).reach is not Reach.DISTRICT]
    towns = {t.township_id for t in narrow}
    reach, township = Reach.DISTRICT, village.township_id
    if narrow:
        is_panel = len(towns) > 1 or any(t.reach is Reach.PANEL for t in narrow)
        reach, township = Reach.PANEL if is_panel else Reach.TOWNSHIP, narrow[0].township_id
    state = choose.choice(list(CardState))
    card = Experience(
        title="石榴",
        unit_id=village.id,
        township_id=township,
        district_id=village.district_id,
        reach=reach,
        state=state,
        author_id=choose.choice(ground.people),
        completer_id=choose.choice([None, None, *ground.people]),
        confirmed_at=utcnow() if state is CardState.PUBLISHED else None,
        published_at=utcnow() if state is CardState.PUBLISHED else None,
    )
    db.session.add(card)
    db.session.flush()
    ground.cards.append(card)
    ground.sources[card.id] = sources
    for thread_id, opened in sources:
        consent = {"consent_by_id": card.author_id, "consent_at": utcnow()} if opened else {}
        db.session.add(ExperienceSource(experience_id=card.id, thread_id=thread_id, **consent))


# ---- the design's section 4, in plain Python ----


def takes_part(who: Actor) -> bool:
    return who.posting is not None and who.posting.role is not Role.ADMIN


def within(ground: Ground, who: Actor, thread: Thread) -> bool:
    """Whether a thread is for somebody, hidden or not."""
    if not takes_part(who) or who.posting is None or who.posting.district_id != thread.district_id:
        return False
    if thread.author_id == who.id or thread.reach is Reach.DISTRICT:
        return True
    own_town = thread.township_id == who.posting.township_id
    if thread.reach is Reach.TOWNSHIP:
        return own_town
    return (thread.id, who.id) in ground.admitted or (own_town and who.posting.role is Role.ORGANISER)


def looks_after(who: Actor, township: int | None, district: int | None) -> bool:
    if who.posting is None:
        return False
    if who.posting.role is Role.ORGANISER:
        return township is not None and who.posting.township_id == township
    return who.posting.role is Role.DISTRICT and who.posting.district_id == district


def may_read_thread(ground: Ground, who: Actor, thread: Thread) -> bool:
    shown = thread.hidden_at is None or thread.author_id == who.id
    return within(ground, who, thread) and (shown or looks_after(who, thread.township_id, thread.district_id))


def may_read_post(ground: Ground, who: Actor, post: Post) -> bool:
    if post.author_id == who.id:
        return True
    thread = ground.thread(post.thread_id)
    shown = post.hidden_at is None or looks_after(who, thread.township_id, thread.district_id)
    return may_read_thread(ground, who, thread) and shown


def may_read_card(ground: Ground, who: Actor, card: Experience) -> bool:
    if not takes_part(who) or who.posting is None or who.posting.district_id != card.district_id:
        return False
    if card.author_id == who.id:
        return True
    own_town = who.posting.role is Role.ORGANISER and who.posting.township_id == card.township_id
    if own_town and card.reach is not Reach.PANEL:
        return True
    if card.reach is Reach.TOWNSHIP and card.township_id != who.posting.township_id:
        return False
    if card.reach is Reach.PANEL:
        closed = [t for t, opened in ground.sources[card.id] if not opened]
        if not all(within(ground, who, ground.thread(t)) for t in closed):
            return False
    if own_town or card.state is CardState.PUBLISHED or card.completer_id == who.id:
        return True
    leads = who.posting.role in (Role.SECRETARY, Role.DEPUTY) and who.posting.unit_id == card.unit_id
    return card.state is CardState.NOMINATED and (leads or who.posting.role is Role.DISTRICT)


def may_write_for(who: Actor, other: Actor) -> bool:
    """代录: an organiser for leaders of villages of his township, a deputy for those of his own."""
    if who.posting is None or other.posting is None or who.id == other.id:
        return False
    if other.posting.role not in (Role.SECRETARY, Role.DEPUTY):
        return False
    if who.posting.role is Role.ORGANISER:
        return who.posting.township_id is not None and who.posting.township_id == other.posting.township_id
    return who.posting.role is Role.DEPUTY and who.posting.unit_id == other.posting.unit_id


# ---- both ways ----


def everybody(ground: Ground) -> list[Actor]:
    """Each person once for every office he may speak for."""
    found = []
    for person in ground.people:
        actor = load_actor(person)
        assert actor is not None
        found += [load_actor(person, posting.id) or actor for posting in actor.postings] or [actor]
    return found


def seen(query: Any) -> set[int]:
    return set(db.session.scalars(query))


def compare(ground: Ground, who: Actor) -> None:
    ways = (
        ("thread", ground.threads, may_read_thread, visible_threads(who).with_only_columns(Thread.id)),
        ("post", ground.posts, may_read_post, visible_posts(who).with_only_columns(Post.id)),
        ("card", ground.cards, may_read_card, visible_cards(who).with_only_columns(Experience.id)),
    )
    for what, things, may, query in ways:
        expected = {thing.id for thing in things if may(ground, who, thing)}
        assert seen(query) == expected, f"{what}s of {who}"
        drawn["pairs"] += len(things)
    hits = [
        *(Hit("thread", t.id, t.id, 1.0) for t in ground.threads),
        *(Hit("post", p.id, p.thread_id, 1.0) for p in ground.posts),
        *(Hit("card", c.id, c.id, 1.0) for c in ground.cards),
    ]
    found = {("thread", t.id) for t in ground.threads if may_read_thread(ground, who, t)}
    found |= {("card", c.id) for c in ground.cards if may_read_card(ground, who, c)}
    found |= {
        ("post", p.id)
        for p in ground.posts
        if may_read_post(ground, who, p) and may_read_thread(ground, who, ground.thread(p.thread_id))
    }
    assert set(sight_of(who).readable(hits)) == found, f"found by {who}"
    drawn["pairs"] += len(hits)
    of_thread = {o.id: o.thread_id for o in db.session.scalars(select(Outcome))}
    open_actions = {
        a.id for a in ground.actions if may_read_thread(ground, who, ground.thread(of_thread[a.outcome_id or 0]))
    }
    assert seen(visible_actions(who).with_only_columns(ActionItem.id)) == open_actions
    for thread in ground.threads:
        open_to_replies = takes_part(who) and thread.locked_at is None and thread.hidden_at is None
        assert can_reply(who, thread) == open_to_replies
        cared_for = looks_after(who, thread.township_id, thread.district_id)
        if may_read_thread(ground, who, thread):
            assert can_moderate(who, thread) == (
                cared_for and not (thread.reach is Reach.PANEL and who.role is Role.DISTRICT)
            )
    drawn["pairs"] += 3 * len(ground.threads)


def compare_readers(ground: Ground, people: list[Actor]) -> None:
    """Whom an @ may mean, and for whom one may write: asked from the other side."""
    held = select(Person.id).join(Posting, Posting.person_id == Person.id).join(Unit, Unit.id == Posting.unit_id)
    for thread in ground.threads:
        expected = {who.id for who in people if takes_part(who) and may_read_thread(ground, who, thread)}
        assert seen(held.where(may_read(thread))) == expected, f"readers of {thread.reach}"
    for who in people:
        expected = {other.posting.id for other in people if other.posting and may_write_for(who, other)}
        assert seen(held.with_only_columns(Posting.id).where(may_be_written_for(who))) == expected, f"{who} writes for"
    drawn["pairs"] += len(people) * (len(ground.threads) + len(people))


def ask(app: Flask, ground: Ground, who: Actor) -> None:
    """The same over the wire, for a few."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in_as(who)
    for thread in ground.choose.sample(ground.threads, 3):
        expected = 403 if who.is_former else 200 if may_read_thread(ground, who, thread) else 404
        assert browser.get(f"/threads/{thread.id}").status_code == expected, (thread.reach, who)
    for card in ground.choose.sample(ground.cards, 2):
        expected = 403 if who.is_former else 200 if may_read_card(ground, who, card) else 404
        assert browser.get(f"/library/{card.id}").status_code == expected, (card.reach, card.state, who)


def test_everybody_sees_what_the_design_says(app: Flask) -> None:
    drawn["pairs"] = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # a smaller seed is no smaller ground
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.integers(0, 2**32))
    def on_any_ground(seed: int) -> None:
        db.session.rollback()
        _empty()
        ground = lay(seed)
        people = everybody(ground)
        for who in people:
            compare(ground, who)
        compare_readers(ground, people)
        for who in ground.choose.sample(people, 3):
            ask(app, ground, who)

    on_any_ground()
    assert drawn["pairs"] >= 10_000
