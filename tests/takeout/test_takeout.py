"""One file with everything that a person wrote, and nothing that others did."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    select,
    update,
)

from forum.audit.models import AuditEntry
from forum.belongings import BELONGINGS, KNOWN
from forum.clock import UTCDateTime, utcnow
from forum.extensions import db
from forum.media.models import Picture
from forum.media.store import PICTURES
from forum.takeout.actions import AlreadyMaking, _alone, make_takeout, own_words
from forum.takeout.labels import LABELS, shown
from forum.threads.models import Reach, Thread
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_post, make_thread, save

Browse = Callable[[Actor | None], Browser]

# Text that stands beside a person's name and is not his: made by the program, or said by somebody else.
NOT_HIS = {
    "action_item.what",
    "audit_entry.subject_kind",
    "calendar_link.handle",
    "experience.returned_reason",
    "mail_address.failure",
    "mail_address.nonce",
    "minutes_part.body_html",
    "minutes_part.hand",
    "outcome.statement_html",
    "person.password_hash",
    "person.sounds",
    "post.body_html",
    "post.hidden_reason",
    "listed_word.key",
    "thread.external_id",
    "thread.hidden_reason",
    "user_session.token_hash",
    "lecture.link",
}


NOBODY = Actor(id=1, name="柳大山")


def unzipped(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def taken(actor: Actor) -> dict[str, bytes]:
    with make_takeout(actor) as file:
        return unzipped(file.read())


def test_of_every_column_that_names_a_person_a_room_has_said_what_it_means(app: Flask) -> None:
    naming = {
        (table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    assert naming - KNOWN == set(), "say in the room's own.py whether these rows are the person's"
    assert KNOWN - naming == {("person", "id")}


def test_every_word_of_his_is_in_it(app: Flask) -> None:
    """A row of words in every table, all his; what is not found must be listed as not his own."""
    if db.engine.dialect.name != "sqlite":
        return  # which columns are shown the database cannot change
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA ignore_check_constraints=ON")
        with connection.begin():
            for table in db.metadata.tables.values():
                connection.execute(table.insert().values({c.name: value_for(table, c) for c in table.columns}))
        raw.execute("PRAGMA ignore_check_constraints=OFF")
        raw.execute("PRAGMA foreign_keys=ON")
    files = taken(NOBODY)
    owned = [db.metadata.tables[name] for name in {belonging.table for belonging in BELONGINGS}]
    wanted = {f"{table.name}.{c.name}" for table in owned for c in table.columns if is_words(c)}
    told = files["data.json"].decode()
    read = files["我写的.html"].decode()
    assert json.loads(told)
    absent = {word for word in wanted if f"«{word}»" not in told}
    assert absent - NOT_HIS == set(), "show them in the room's own.py, or say here that they are not his"
    assert NOT_HIS - absent == set(), "no longer needed here"
    assert {word for word in wanted - absent if f"«{word}»" not in read} == set()


def is_words(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and not isinstance(column.type, Enum)


def value_for(table: Table, column: Column[Any]) -> Any:
    kind = column.type
    if (table.name, column.name) in (("picture", "key"), ("document", "key")):
        return "a" * 40
    if isinstance(kind, Enum):
        return kind.enum_class(kind.enums[0]) if kind.enum_class else kind.enums[0]
    by_type: list[tuple[Any, Any]] = [
        (String, f"«{table.name}.{column.name}»"),
        (UTCDateTime, datetime(2026, 11, 25, tzinfo=UTC)),
        (DateTime, datetime(2026, 11, 25)),
        (Date, date(2026, 11, 25)),
        (Time, time(9)),
        (Boolean, True),
        (Integer, 1),
        (JSON, {}),
        (LargeBinary, b""),
    ]
    return next(value for each, value in by_type if isinstance(kind, each))


def test_every_column_has_its_word_and_so_has_every_choice(app: Flask) -> None:
    columns = [column for belonging in BELONGINGS for column in belonging.rows_of(NOBODY).selected_columns]
    names = {column.name for column in columns}
    for_programs = {"post_id", "question_id", "deed"}
    assert names - set(LABELS) == for_programs
    assert set(LABELS) - names == set()
    read = [column for column in columns if column.name in LABELS and isinstance(column.type, Enum)]
    assert [
        choice for column in read for choice in column.type.enum_class or () if not shown(column.name, choice)
    ] == []


def test_it_is_his_own_and_nobody_elses(world: World) -> None:
    thread = make_thread(world.secretary, "水费收不抵电费", "自己问的", reach=Reach.PANEL)
    other = make_thread(world.neighbour_secretary, "别人的题目", "别人问的")
    make_post(thread, world.neighbour_secretary, "别人答的")
    make_post(other, world.secretary, "> 后柳村 杨来福：别人引的\n> 还有一行\n\n自己答的")
    key = PICTURES.save(b"a picture", b"small")
    opening = thread.id
    save(Picture(key=key, owner_id=world.secretary.id, post_id=None, width=1, height=1, size=9))
    files = taken(world.secretary)
    assert opening
    assert files["pictures/0001.jpg"] == b"a picture"
    for name in ("我写的.html", "data.json"):
        found = files[name].decode()
        assert all(words in found for words in ("水费收不抵电费", "自己问的", "自己答的", "柳大山"))
        assert not [words for words in ("别人问的", "别人答的", "别人引的", "还有一行") if words in found]
    assert 'src="pictures/0001.jpg"' in files["我写的.html"].decode()
    assert "http" not in files["我写的.html"].decode(), "it needs nothing from elsewhere"


def test_what_others_called_their_threads_is_told_to_those_who_may_read_them(world: World) -> None:
    hidden, narrowed = (
        make_thread(world.secretary, "藏起来的题目"),
        make_thread(world.secretary, "只给本镇的题目", reach=Reach.TOWNSHIP),
    )
    for thread in (hidden, narrowed):
        make_post(thread, world.neighbour_secretary, "自己答的")
        make_post(thread, world.far_secretary, "自己答的")
    db.session.execute(update(Thread).where(Thread.id == hidden.id).values(hidden_at=utcnow()))
    db.session.commit()
    near, far = (taken(who)["data.json"].decode() for who in (world.neighbour_secretary, world.far_secretary))
    assert near.count("自己答的") == far.count("自己答的") == 2
    assert ("藏起来的题目" in near, "只给本镇的题目" in near) == (False, True)
    assert ("藏起来的题目" in far, "只给本镇的题目" in far) == (False, False)


@pytest.mark.parametrize(
    ("text_", "left"),
    [("> 引的\n\n我说的", "> ……\n\n我说的"), ("我说 > 不是引的", "我说 > 不是引的"), ("a\n > b\n> c\nd", "a\n> ……\nd")],
)
def test_what_is_quoted_is_left_out(text_: str, left: str) -> None:
    assert own_words(text_) == left


def test_the_button_hands_it_over_and_the_deed_is_written_down_once(world: World, browse: Browse) -> None:
    make_thread(world.secretary, "水费")
    visitor = browse(world.secretary)
    with visitor.submit("/me/export") as answer:
        assert answer.mimetype == "application/zip"
        assert "水费" in unzipped(answer.data)["data.json"].decode()
    with browse(world.former).submit("/me/export") as answer:
        assert answer.status_code == 200
    deeds = select(AuditEntry.actor_id).where(AuditEntry.action == "writing.export").order_by(AuditEntry.id)
    assert list(db.session.scalars(deeds)) == [world.secretary.id, world.former.id]


def test_one_at_a_time_for_each(world: World, browse: Browse) -> None:
    with _alone(world.secretary):
        with pytest.raises(AlreadyMaking):
            make_takeout(world.secretary)
        answer = browse(world.secretary).submit("/me/export")
        assert (answer.status_code, answer.location) == (303, "/me/export")
        with browse(world.deputy).submit("/me/export") as answer:
            assert answer.status_code == 200


def test_html_in_a_text_is_text(world: World) -> None:
    make_thread(world.secretary, "<b>题目</b>", "<script>alert(1)</script>")
    page = taken(world.secretary)["我写的.html"].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
