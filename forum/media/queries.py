"""The pictures and files of a page's posts, and those a post may take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import literal, null, or_, select

from forum.extensions import db
from forum.media.models import Document, DocumentKind, Picture
from forum.media.pictures import thumb_size
from forum.media.store import KEY
from forum.units.actors import Actor

Attached = TypeVar("Attached", Picture, Document)

MOST_IN_A_POST = 9
MOST_DOCUMENTS = 5
KIND_LABELS = {
    DocumentKind.PDF: _l("PDF 文件"),
    DocumentKind.DOCX: _l("Word 文档"),
    DocumentKind.XLSX: _l("Excel 表格"),
    DocumentKind.PPTX: _l("PPT 演示"),
}


_SHOWN = (Document.key, Document.kind, Document.name, Document.size, Document.page_width, Document.page_height)


@dataclass(frozen=True)
class PictureRow:
    """A picture as pages show it; ``width`` and ``height`` are those of the thumbnail."""

    id: str  # its key
    width: int = 0
    height: int = 0

    @property
    def url(self) -> str:
        return url_for("media.picture", key=self.id)

    @property
    def thumb_url(self) -> str:
        return url_for("media.thumb", key=self.id)


@dataclass(frozen=True)
class DocumentRow:
    """An office file as pages show it; ``page_width`` and ``page_height`` are those of the picture of its first page, 0 where there is none."""

    id: str  # its key
    kind: DocumentKind
    name: str
    size: int
    page_width: int = 0
    page_height: int = 0

    @property
    def url(self) -> str:
        return url_for("media.document", key=self.id)

    @property
    def page_url(self) -> str:
        return url_for("media.first_page", key=self.id)

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def size_label(self) -> str:
        return size_label(self.size)

    @property
    def label(self) -> str:
        return _("%(name)s（%(size)s）", name=self.name, size=self.size_label)


def size_label(size: int) -> str:
    """How large a file is, in the words that phones use: 340 KB, 1.2 兆."""
    if size < 1024 * 1024:
        return _("%(size)s KB", size=max(1, round(size / 1024)))
    return _("%(size)s 兆", size=f"{size / 1024 / 1024:.1f}".removesuffix(".0"))


def attached_to(post_ids: Iterable[int]) -> tuple[dict[int, list[PictureRow]], dict[int, list[DocumentRow]]]:
    """The pictures and the office files of these posts in their order, in one statement; posts without any are not in it."""
    wanted = list(post_ids)
    pictures: dict[int, list[PictureRow]] = {}
    documents: dict[int, list[DocumentRow]] = {}
    if not wanted:
        return pictures, documents
    place, none, no_name = (Picture.position, Picture.id), null().label("kind"), literal("").label("name")
    of_pictures = select(
        Picture.key, none, no_name, Picture.size, Picture.width, Picture.height, Picture.post_id, *place
    )
    of_documents = select(*_SHOWN, Document.post_id, Document.position, Document.id)
    both = of_documents.where(Document.post_id.in_(wanted)).union_all(of_pictures.where(Picture.post_id.in_(wanted)))
    for row in db.session.execute(both.order_by("post_id", "position", "id")):
        if row.kind is None:
            picture = PictureRow(row.key, *thumb_size(row.page_width, row.page_height))
            pictures.setdefault(row.post_id, []).append(picture)
        else:
            documents.setdefault(row.post_id, []).append(_document_row(row))
    return pictures, documents


def _document_row(row: Any) -> DocumentRow:
    return DocumentRow(row.key, row.kind, row.name, row.size, row.page_width, row.page_height)


def waiting_documents(actor: Actor, keys: Iterable[str]) -> list[DocumentRow]:
    """Those of these that are the actor's own and that no post has taken, in the order of the keys; asks nothing for no keys."""
    wanted = list(keys)
    if not wanted:
        return []
    own = select(*_SHOWN).where(Document.key.in_(wanted), Document.owner_id == actor.id, Document.post_id.is_(None))
    found = {row.key: _document_row(row) for row in db.session.execute(own)}
    return [found[key] for key in wanted if key in found]


def pictures_of(post_ids: Iterable[int]) -> dict[int, list[PictureRow]]:
    """The pictures alone."""
    return attached_to(post_ids)[0]


def own_unattached(actor: Actor, keys: Iterable[str], of_post: int | None = None) -> list[Picture]:
    """The pictures of these keys that the actor may put on a post: at most nine, in the order of the keys.

    Those are his own that no post has taken yet and, while he edits ``of_post``, those already on it. Every other key is passed over.
    The rows stay locked until the transaction ends: neither a second tab nor the worker takes them meanwhile.
    """
    return _own(Picture, actor, keys, of_post)[:MOST_IN_A_POST]


def own_unattached_documents(actor: Actor, keys: Iterable[str]) -> list[Document]:
    """The files of these keys that the actor may put on a post, in the same way: at most five."""
    return _own(Document, actor, keys)[:MOST_DOCUMENTS]


def _own(model: type[Attached], actor: Actor, keys: Iterable[str], of_post: int | None = None) -> list[Attached]:
    wanted = list(dict.fromkeys(key for key in keys if KEY.fullmatch(key)))
    query = select(model).where(
        model.key.in_(wanted),
        model.owner_id == actor.id,
        or_(model.post_id.is_(None), model.post_id == of_post),
    )
    found = {one.key: one for one in db.session.scalars(query.with_for_update())} if wanted else {}
    return [found[key] for key in wanted if key in found]
