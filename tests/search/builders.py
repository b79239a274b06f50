"""Short ways to make documents, an index of them, and to see what it finds."""

from pathlib import Path
from typing import Any

from forum.search.documents import Doc, Filters
from forum.search.index import Reader, open_reader, open_writer, rebuild


def thread(number: int, title: str, body: str = "", **facts: Any) -> Doc:
    return Doc(**{"kind": "thread", "id": number, "group": number, "title": title, "body": body, "year": 2024} | facts)


def reply(number: int, to: int, body: str, title: str = "") -> Doc:
    return thread(number, title, body, kind="post", group=to)


def card(number: int, title: str, **facts: Any) -> Doc:
    return thread(number, title, kind="card", **facts)


def build(root: Path, *docs: Doc, state: dict[str, Any] | None = None) -> Reader:
    with rebuild(root) as writer:
        writer.apply(docs)
        writer.commit(state or {})
    return open_reader(root)


def change(
    root: Path, *docs: Doc, deletes: tuple[tuple[str, int], ...] = (), state: dict[str, Any] | None = None
) -> None:
    with open_writer(root) as writer:
        writer.apply(docs, deletes)
        writer.commit(state or {})


def found(reader: Reader, query: str, **filters: Any) -> list[tuple[str, int]]:
    return [(hit.kind, hit.id) for hit in reader.search(query, Filters(**filters))]
