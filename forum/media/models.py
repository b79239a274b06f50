"""Pictures and office files."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice

NAME_LENGTH = 80


class Picture(Model):
    """A re-encoded picture. Until a post takes it, it belongs to its owner alone and is removed after a day."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(43), unique=True)  # random: names the files and the address
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    position: Mapped[int] = mapped_column(default=0)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    size: Mapped[int] = mapped_column()  # bytes of the full picture
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (Index("ix_picture_post", "post_id", "position"),)


class DocumentKind(StrEnum):
    """What office files are taken, each by the ending of its name."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"


class Document(Model):
    """An office file as it came. Until a post takes it, it belongs to its owner alone and is removed after a day."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(43), unique=True)  # random: names the files and the address
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind, "document_kind"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))  # what the sender called it, made plain
    size: Mapped[int] = mapped_column()  # bytes
    page_width: Mapped[int] = mapped_column(default=0)  # of the picture of its first page; 0 where there is none
    page_height: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (Index("ix_document_post", "post_id", "position"),)
