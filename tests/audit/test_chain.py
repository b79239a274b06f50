"""The trail is a chain: whatever is done to a deed afterwards breaks it there, and the databases refuse to do it."""

import threading
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import DBAPIError

from forum.audit.actions import record
from forum.audit.chain import BEGINNING, Fault, Head, Wrong, first_fault, head
from forum.audit.models import AuditEntry, AuditSeal
from forum.extensions import db
from tests.factories import World

ROOT = Path(__file__).resolve().parents[2]
Entries = list[int]


def do(sql: str) -> None:
    db.session.execute(text(sql))
    db.session.commit()


def deed(number: int) -> AuditEntry:
    return record(None, "post.hide", "post", number, reason=f"第 {number} 次")


@pytest.fixture
def entries(app: Flask) -> Entries:
    """The ids of ten deeds, of five transactions."""
    made = []
    for number in range(0, 10, 2):
        made += [deed(number), deed(number + 1)]
        db.session.commit()
    return [entry.id for entry in made]


def test_an_empty_trail_is_sound(app: Flask) -> None:
    assert first_fault() == (0, None)
    assert head() == Head(0, BEGINNING)


def test_every_deed_has_its_place_without_gaps(entries: Entries) -> None:
    seals = db.session.execute(select(AuditSeal.id, AuditSeal.entry_id).order_by(AuditSeal.id)).all()
    assert seals == [(place, entry) for place, entry in enumerate(entries, 1)]
    assert first_fault([head()]) == (10, None)


@pytest.mark.parametrize(
    "change",
    [
        "SET action = 'post.show'",
        "SET at = '2026-01-01 00:00:00.000000'",
        "SET subject_id = 99",
        "SET subject_kind = 'thread'",
        """SET detail = '{"reason": "x"}'""",
    ],
)
def test_a_changed_deed_is_named(entries: Entries, change: str) -> None:
    do(f"UPDATE audit_entry {change} WHERE id = {entries[4]}")
    assert first_fault() == (4, Fault(Wrong.CHANGED, 5, entries[4]))


def test_what_was_made_unreadable_is_named_all_the_same(entries: Entries) -> None:
    do(f"UPDATE audit_entry SET detail = '7' WHERE id = {entries[1]}")
    assert first_fault()[1] == Fault(Wrong.CHANGED, 2, entries[1])


def test_a_deed_taken_out_is_named(entries: Entries) -> None:
    do(f"DELETE FROM audit_seal WHERE entry_id = {entries[6]}")
    do(f"DELETE FROM audit_entry WHERE id = {entries[6]}")
    assert first_fault() == (6, Fault(Wrong.ABSENT, 7, None))


def test_closing_the_gap_does_not_help(entries: Entries) -> None:
    do(f"DELETE FROM audit_seal WHERE entry_id = {entries[8]}")
    do("UPDATE audit_seal SET id = 9 WHERE id = 10")
    do(f"DELETE FROM audit_entry WHERE id = {entries[8]}")
    assert first_fault() == (8, Fault(Wrong.CHANGED, 9, entries[9]))


def test_two_deeds_that_changed_places_are_named(entries: Entries) -> None:
    do(f"UPDATE audit_entry SET subject_id = 5 - subject_id WHERE id IN ({entries[2]}, {entries[3]})")
    assert first_fault() == (2, Fault(Wrong.CHANGED, 3, entries[2]))


def test_a_deed_that_went_past_the_chain_is_named(entries: Entries) -> None:
    db.session.execute(AuditEntry.__table__.insert().values(action="x", subject_kind="post", detail={}))
    db.session.commit()
    newest = db.session.scalar(select(func.max(AuditEntry.id)))
    assert first_fault() == (10, Fault(Wrong.UNSEALED, None, newest))


def test_an_end_cut_off_is_found_by_a_kept_head(entries: Entries) -> None:
    kept = head()
    for table, column in (("audit_seal", "entry_id"), ("audit_entry", "id")):
        do(f"DELETE FROM {table} WHERE {column} IN ({entries[8]}, {entries[9]})")
    assert first_fault() == (8, None), "the rest is sound in itself"
    assert first_fault([kept]) == (8, Fault(Wrong.CUT, 9, None))


def test_a_chain_made_anew_is_found_by_a_kept_head(entries: Entries) -> None:
    kept = head()
    do("DELETE FROM audit_seal")
    do("DELETE FROM audit_entry")
    for number in range(12):
        deed(number + 50)
    db.session.commit()
    assert first_fault() == (12, None)
    fault = first_fault([kept])[1]
    assert fault is not None
    assert (fault.wrong, fault.place) == (Wrong.REMADE, 10)


def test_what_was_rolled_back_has_no_place(app: Flask) -> None:
    deed(1)
    savepoint = db.session.begin_nested()
    deed(2)
    savepoint.rollback()
    with db.session.begin_nested():
        deed(3)
    db.session.commit()
    deed(4)
    db.session.flush()
    db.session.rollback()
    deed(5)
    db.session.commit()
    assert list(db.session.scalars(select(AuditEntry.subject_id).order_by(AuditEntry.id))) == [1, 3, 5]
    assert first_fault() == (3, None)


def test_parallel_writers_make_one_chain(app: Flask, world: World) -> None:
    before, failures = head().id, []
    db.session.rollback()

    def write(number: int) -> None:
        with app.app_context():
            try:
                for turn in range(15):
                    record(world.secretary if number % 2 else world.organiser, "post.hide", "post", turn)
                    db.session.flush()  # written early, as an autoflush does
                    record(world.organiser, "post.show", "post", turn)
                    db.session.commit()
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert first_fault() == (before + 120, None)


REFUSED = [
    f"{change} {table}{rest}"
    for table in ("audit_entry", "audit_seal")
    for change, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
]


def test_a_migrated_trail_is_chained_and_refuses_changes(fresh_app: Flask) -> None:
    flask_migrate.upgrade(revision="0031")
    for number in range(3):
        do(
            "INSERT INTO audit_entry (at, action, subject_kind, subject_id, detail)"
            f" VALUES ('2026-11-0{number + 1} 08:00:00.000000', 'post.hide', 'post', {number}, '{{\"reason\": \"水\"}}')"
        )
    flask_migrate.upgrade()
    assert first_fault() == (3, None)
    deed(3)
    db.session.commit()
    is_sqlite = fresh_app.extensions["settings"].is_sqlite
    for statement in REFUSED:
        if is_sqlite and statement.startswith("TRUNCATE"):
            continue
        with pytest.raises(DBAPIError):
            do(statement)
        db.session.rollback()
    assert first_fault() == (4, None)


def test_commands(app: Flask, entries: Entries, run: Callable[..., tuple[int, str]]) -> None:
    assert run("head") == (0, f"{head()}\n")
    assert run("verify", "--head", str(head())) == (0, f"10 条记录都完好。\n{head()}\n")
    assert run("verify", "--head", "10:torn")[0] == 2
    assert run("verify", "--head", f"11:{'0' * 64}")[0] == 1
    do(f"UPDATE audit_entry SET action = 'x' WHERE id = {entries[4]}")
    code, said = run("verify")
    assert code == 1
    assert f"第 5 条（audit_entry {entries[4]}）被改过" in said


@pytest.fixture
def run(app: Flask) -> Callable[..., tuple[int, str]]:
    def invoke(*words: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["audit", *words])
        return result.exit_code, result.output

    return invoke


def test_as_the_web_process_one_can_only_add(fresh_app: Flask) -> None:
    if fresh_app.extensions["settings"].is_sqlite:
        return  # there are no roles there
    flask_migrate.upgrade()
    roles = (ROOT / "deploy" / "postgresql-roles.sql").read_text("utf-8").replace("TO forum;", "TO forum_tried;")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS forum_tried")
        connection.exec_driver_sql("CREATE ROLE forum_tried")
        connection.connection.driver_connection.execute(roles.replace("FROM forum;", "FROM forum_tried;"))  # type: ignore[union-attr]
    event.listen(db.engine, "begin", _become_web_process)
    deed(1)
    db.session.commit()
    with pytest.raises(DBAPIError, match="must be owner"):
        do("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    db.session.rollback()
    for statement in REFUSED:
        with pytest.raises(DBAPIError, match="permission denied"):
            do(statement)
        db.session.rollback()
    do("UPDATE unit SET name = name")
    assert first_fault() == (1, None)
    db.session.rollback()
    event.remove(db.engine, "begin", _become_web_process)
    do("DROP OWNED BY forum_tried")
    do("DROP ROLE forum_tried")


def _become_web_process(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL ROLE forum_tried")
