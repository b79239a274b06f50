"""Experts, their lectures, and what those who were there thought of them: counts, never answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.threads.models import TITLE_LENGTH

NAME_LENGTH = 40
PLACE_LENGTH = 80
LINK_LENGTH = 300
CONTACT_LENGTH = 100
ABOUT_LENGTH = 500
WISH_LENGTH = 100
MOST_HEADS = 5000
FEWEST_SHOWN = 3  # fewer answers are not shown: everybody would know whose they are


class Expert(Model):
    """Somebody who teaches: of the forum (``person_id``), or from a bureau or university outside it. The whole district's."""

    __tablename__ = "expert"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    workplace: Mapped[str] = mapped_column(String(NAME_LENGTH))
    about: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="")
    contact: Mapped[str] = mapped_column(String(CONTACT_LENGTH), default="")  # for those who organise, nobody else
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ExpertTag(Model):
    """A subject that an expert teaches."""

    __tablename__ = "expert_tag"

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class Manner(StrEnum):
    """How a lecture is given."""

    CLASSROOM = "classroom"  # 课堂
    FIELD = "field"  # 田间学校
    ONLINE = "online"  # 线上
    HOME = "home"  # 上门


class Lecture(Model):
    """What a thread of its kind is about: questions before, notes and talk after live there. ``heads`` came; empty as long as nobody counted."""

    __tablename__ = "lecture"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    brief: Mapped[str] = mapped_column(Text, default="")
    manner: Mapped[Manner] = mapped_column(choice(Manner, "lecture_manner"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    link: Mapped[str] = mapped_column(String(LINK_LENGTH), default="")
    heads: Mapped[int | None] = mapped_column()
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # none: the district's
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("heads IS NULL OR heads >= 0", name="lecture_heads_are_counted"),
        CheckConstraint("place <> '' OR link <> ''", name="lecture_is_somewhere"),
        Index("ix_lecture_district_starts", "district_id", "starts_at", "id"),
    )


class LectureVoices(Model):
    """What those who were there said, added up: no row is anybody's, and the order in which wishes came is not kept."""

    __tablename__ = "lecture_voices"

    lecture_id: Mapped[int] = mapped_column(ForeignKey("lecture.id"), primary_key=True)
    understood_yes: Mapped[int] = mapped_column(default=0)
    understood_partly: Mapped[int] = mapped_column(default=0)
    understood_no: Mapped[int] = mapped_column(default=0)
    useful_yes: Mapped[int] = mapped_column(default=0)
    useful_partly: Mapped[int] = mapped_column(default=0)
    useful_no: Mapped[int] = mapped_column(default=0)
    wishes: Mapped[str] = mapped_column(Text, default="")  # a line each, sorted


class LectureAnswered(Model):
    """Who has answered, so that nobody does twice. Neither what nor when."""

    __tablename__ = "lecture_answered"

    lecture_id: Mapped[int] = mapped_column(ForeignKey("lecture.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


def has_begun(lecture: Lecture | Any) -> bool:
    """Whether people may have heard it by now."""
    return bool(lecture.starts_at <= utcnow())
