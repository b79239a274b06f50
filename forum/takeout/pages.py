"""The file to read: one page that needs nothing but itself and the pictures beside it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import current_app

from forum.belongings import FILES, Belonging
from forum.takeout.labels import LABELS, shown
from forum.units.actors import Actor

Row = dict[str, Any]
Sections = Iterable[tuple[Belonging, Callable[[], Iterator[Row]]]]


def page_of(actor: Actor, sections: Sections, sent: dict[str, list[Row]], made_at: datetime) -> Iterator[str]:
    """The page in pieces: what has no row is left out, and pictures stand under the post that they were sent with."""
    beside: dict[int, list[Row]] = {}
    for files in sent.values():
        for file in files:
            beside.setdefault(file["post_id"] or 0, []).append(_file(file))
    template = current_app.jinja_env.get_template("takeout/file.html")
    return template.generate(
        name=actor.name,
        made_at=shown("made_at", made_at),
        sections=_filled(sections, beside),
        loose=beside.get(0, []),
        files_title=FILES[0].title,
    )


def _filled(sections: Sections, beside: dict[int, list[Row]]) -> Iterator[tuple[Belonging, Iterator[Any]]]:
    for belonging, rows in sections:
        found = rows()
        first = next(found, None)
        if first is not None:
            yield belonging, (_entry(row, beside) for row in chain([first], found))


def _entry(row: Row, beside: dict[int, list[Row]]) -> Row:
    lines = [(name, LABELS[name], shown(name, value)) for name, value in row.items() if name in LABELS]
    lines = [line for line in lines if line[2]]
    return {"lines": lines, "files": beside.get(row.get("post_id", -1), [])}


def _file(file: Row) -> Row:
    return {
        "url": quote(file["file"]),
        "name": file["file"].partition("/")[2],
        "is_picture": file["file"].endswith(".jpg"),
    }
