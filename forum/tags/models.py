"""Tags: groups and their leaves, with synonyms."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime
from forum.extensions import Model


class Tag(Model):
    """A group (no parent) or a leaf. A retired or merged tag keeps its old threads findable."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))

    synonyms: Mapped[list["TagSynonym"]] = relationship(
        back_populates="tag", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class TagSynonym(Model):
    """A word people type when they mean a tag. The same word may stand under two tags and then suggests both."""

    __tablename__ = "tag_synonym"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    word: Mapped[str] = mapped_column(String(40))

    tag: Mapped[Tag] = relationship(back_populates="synonyms", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("tag_id", "word"),)
