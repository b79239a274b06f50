"""Tags: groups and their leaves, with synonyms, and what was merged."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model

NAME_LENGTH = 40
ENGLISH_LENGTH = 60
UNDO_KEPT = timedelta(days=30)  # how long a merge can be taken back


class Tag(Model):
    """A group (no parent) or a leaf. A retired or merged tag keeps its old threads findable."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(ENGLISH_LENGTH), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))

    synonyms: Mapped[list["TagSynonym"]] = relationship(
        back_populates="tag", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def is_group(self) -> bool:
        return self.parent_id is None


class TagSynonym(Model):
    """A word people type when they mean a tag. The same word may stand under two tags and then suggests both."""

    __tablename__ = "tag_synonym"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    word: Mapped[str] = mapped_column(String(NAME_LENGTH))

    tag: Mapped[Tag] = relationship(back_populates="synonyms", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("tag_id", "word"),)


class TagMerge(Model):
    """One leaf stands for another from ``done_at`` on. What carried the merged one is moved afterwards, batch by batch.

    ``total`` is how much carried it. ``before`` is what taking it back needs beside the moves: the words that the tag which stays
    has learnt by it, and the tags that were merged into the merged one earlier.
    """

    __tablename__ = "tag_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    total: Mapped[int] = mapped_column(default=0)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: by a command
    done_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    moved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when nothing was left to move
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    put_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when everything was back

    __table_args__ = (
        Index(
            "uq_tag_merge_in_force",
            "tag_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        CheckConstraint("tag_id <> into_id", name="tag_merge_of_two"),
        CheckConstraint("put_back_at IS NULL OR undone_at IS NOT NULL", name="tag_merge_put_back_when_undone"),
    )

    @hybrid_property
    def is_open(self) -> bool:
        """Whether something is still to be moved, this way or back."""
        return self.moved_at is None if self.undone_at is None else self.put_back_at is None

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        moving = and_(cls.undone_at.is_(None), cls.moved_at.is_(None))
        return or_(moving, and_(cls.undone_at.is_not(None), cls.put_back_at.is_(None)))

    @property
    def can_be_undone(self) -> bool:
        """Whether it is in force and not too long ago: what was moved is remembered."""
        return self.undone_at is None and self.done_at > utcnow() - UNDO_KEPT


class TagMove(Model):
    """One thing that a merge moved: the row ``owner_id`` of a table that carries tags. ``had_both`` when it carried the other one already."""

    __tablename__ = "tag_move"

    merge_id: Mapped[int] = mapped_column(ForeignKey("tag_merge.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner_id: Mapped[int] = mapped_column(primary_key=True)
    had_both: Mapped[bool] = mapped_column(default=False)
