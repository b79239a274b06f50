"""The audit trail: how fast its chain is walked along, and what a seal costs the deed that gets it."""

import os
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event, insert, select, text

from forum.audit import chain
from forum.audit.actions import record
from forum.audit.models import AuditEntry, AuditSeal
from forum.clock import utcnow
from forum.extensions import db, reading
from tests.bench.place import application, median
from tests.conftest import make_database
from tests.factories import World, make_world

DEEDS = 200_000
WRITES = 300
BATCH = 10_000


def audit() -> None:
    """On SQLite, or on the server that ``TEST_DATABASE_URL`` names.

    Print the deeds verified in a second, the time of the page over all of them, and the milliseconds of a transaction with one deed, sealed and not, turn by turn.
    """
    server = make_database("_bench", Path()) if os.environ.get("TEST_DATABASE_URL") else None
    with application(database_url=server) as (app, _folder):
        world = make_world()
        _fill(world)
        began, cpu = time.perf_counter(), time.process_time()
        with reading():
            found = chain.first_fault()
        taken, cpu = time.perf_counter() - began, time.process_time() - cpu
        db.session.rollback()
        assert found == (DEEDS, None)
        print(
            f"{DEEDS} deeds verified in {taken:.2f} s: {DEEDS / taken:,.0f} a second, {DEEDS / cpu:,.0f} a second of CPU"
        )
        browser = app.test_client()
        browser.sign_in_as(world.organiser)
        browser.get("/trail")
        for url in ("/trail", f"/trail?thread={DEEDS // 2}", "/trail?work=tags"):
            began, cpu = time.perf_counter(), time.process_time()
            assert browser.get(url).status_code == 200
            took, own = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)
            print(f"  {url}: {took:.0f} ms, {own:.0f} ms of CPU", flush=True)
        times: dict[str, list[tuple[float, float]]] = {"sealed": [], "not sealed": []}
        for _ in range(WRITES):
            for how, taken_so_far in times.items():
                if how == "not sealed":
                    event.remove(db.session, "before_commit", chain.seal)
                began, cpu = time.perf_counter(), time.process_time()
                record(world.organiser, "post.hide", "post", 1, reason="广告")
                db.session.commit()
                taken_so_far.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
                if how == "not sealed":
                    event.listen(db.session, "before_commit", chain.seal)
        for how, each in times.items():
            wall, own = (median([figures[which] for figures in each]) for which in (0, 1))
            print(f"  a deed, {how}: {wall:.2f} ms, {own:.2f} ms of CPU", flush=True)


def _fill(world: World) -> None:
    now = utcnow()
    place, digest = chain.head().id, chain.head().digest
    assert place == 0
    for first in range(0, DEEDS, BATCH):
        deeds = [
            {
                "at": now - timedelta(seconds=DEEDS - number),
                "actor_id": world.organiser.id,
                "posting_id": world.organiser.posting.id if world.organiser.posting else None,
                "action": "thread.follow_up",
                "subject_kind": "thread",
                "subject_id": number,
                "township_id": world.town.id,
                "district_id": world.district.id,
                "detail": {"result": "solved", "follow_up": number, "reason": "水费收不抵电费"},
            }
            for number in range(first, first + BATCH)
        ]
        db.session.execute(insert(AuditEntry), deeds)
        seals = []
        kept = select(*chain.DEED).where(AuditEntry.id > place).order_by(AuditEntry.id)
        for deed in db.session.execute(kept).all():
            place += 1
            digest = chain.digest_of(digest, place, deed)
            seals.append({"id": place, "entry_id": deed[0], "digest": digest})
        db.session.execute(insert(AuditSeal), seals)
    db.session.commit()
    db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("ANALYZE"))
    db.session.rollback()
