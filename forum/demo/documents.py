"""The office files on the demo's posts, made when it is loaded."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

from forum.demo.threads import Threads
from forum.extensions import db
from forum.media.actions import attach, keep_document
from forum.media.documents import prepare_document
from forum.units.actors import load_actor
from forum.word import HEI, Paper


def load_documents(entries: list[dict[str, Any]], threads: Threads) -> None:
    """Write the files and put them on their posts."""
    for entry in entries:
        post = threads.posts[entry["post"]]
        content = _workbook(entry["rows"]) if "rows" in entry else _paper(entry["title"], entry["lines"])
        author = load_actor(post.author_id)
        assert author is not None
        document = keep_document(author, prepare_document(content, entry["name"]))
        document.created_at = post.created_at
        db.session.flush()
        attach(post.id, (), [document])


def _workbook(rows: list[list[Any]]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def _paper(title: str, lines: list[str]) -> bytes:
    paper = Paper(title, "")
    paper.line(title, HEI)
    for line in lines:
        paper.line(line)
    return paper.file()
