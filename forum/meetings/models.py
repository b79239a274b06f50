"""Meetings, sittings, agenda items and attendance."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice


class MeetingState(StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"
    HELD = "held"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class AgendaKind(StrEnum):
    CASE = "case"  # 书记带领书记学
    QUESTION = "question"  # 书记提问书记答
    LECTURE = "lecture"  # 专家授课
    VISIT = "visit"  # 现场观摩
    TOPIC = "topic"  # 议题研讨
    REVIEW = "review"  # 上期落实情况
    OTHER = "other"


class SittingKind(StrEnum):
    HALL = "hall"  # 会场
    SITE = "site"  # 现场: a field, a building site
    VILLAGE = "village"  # 先进村
    ONLINE = "online"  # 线上


class Answer(StrEnum):
    COMING = "coming"
    LEAVE = "leave"
    SUBSTITUTE = "substitute"  # 代替: somebody else of the village comes


class Meeting(Model):
    """One month's session of a township's forum."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[date] = mapped_column()  # the first day of its month
    number: Mapped[int] = mapped_column()
    theme: Mapped[str] = mapped_column(String(80))  # empty, where it is not settled yet: only before anybody is told
    theme_tag_id: Mapped[int | None] = mapped_column(
        ForeignKey("tag.id")
    )  # what the theme is about, where a tag says it
    brief: Mapped[str] = mapped_column(String(2000), default="")
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState, "meeting_state"), default=MeetingState.DRAFT)
    reason: Mapped[str] = mapped_column(String(300), default="")  # why it was postponed or cancelled
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, onupdate=utcnow)
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    urged_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # when its organisers were last told that it is not closed
    version: Mapped[int] = mapped_column(default=1)

    sittings: Mapped[list["Sitting"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql", order_by="(Sitting.position, Sitting.id)"
    )
    agenda: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql", order_by="AgendaItem.position"
    )

    @property
    def main_sitting(self) -> "Sitting":
        """The first of its sittings: there are expected the villages that are assigned to no other."""
        return self.sittings[0]

    @property
    def starts_at(self) -> datetime:
        """When the earliest of its sittings begins."""
        return min(sitting.starts_at for sitting in self.sittings)

    @property
    def has_begun_everywhere(self) -> bool:
        """Whether each of its sittings has begun."""
        return max(sitting.starts_at for sitting in self.sittings) <= utcnow()

    def touch(self) -> None:
        """Count a change of the meeting's agenda or sittings as one of the meeting: its version goes up with the next flush."""
        flag_modified(self, "theme")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        # A cancelled meeting gives its number back: the next month's takes it.
        Index(
            "uq_meeting_township_number",
            "township_id",
            "number",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_meeting_township_month", "township_id", "month"),
        Index("ix_meeting_district_month", "district_id", "month"),
        CheckConstraint("theme <> '' OR announced_at IS NULL", name="meeting_announced_with_a_theme"),
    )


class Sitting(Model):
    """One place and time of a meeting; parallel areas each have one."""

    __tablename__ = "sitting"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(40), default="")  # 东片会场; a meeting's only sitting needs none
    kind: Mapped[SittingKind] = mapped_column(choice(SittingKind, "sitting_kind"), default=SittingKind.HALL)
    place: Mapped[str] = mapped_column(String(80))
    link: Mapped[str] = mapped_column(String(500), default="")  # where one enters a sitting held online
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note_taker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="sittings", lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="sitting_ends_after_it_starts"),
        UniqueConstraint("meeting_id", "id", name="uq_sitting_meeting_id"),
    )


class SittingVillage(Model):
    """A village expected at another sitting than the first, and at no second one."""

    __tablename__ = "sitting_village"

    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    sitting_id: Mapped[int] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "sitting_id"], ["sitting.meeting_id", "sitting.id"], name="fk_sitting_village_sitting"
        ),
        Index("ix_sitting_village_sitting", "meeting_id", "sitting_id"),
    )


class AgendaItem(Model):
    """One line of the agenda, with the thread that carries its talk, or the card that it tells of, where there is one.

    Who presents is somebody of the forum, in the office he held then, or an outside expert by name and bureau.
    """

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int] = mapped_column()
    kind: Mapped[AgendaKind] = mapped_column(choice(AgendaKind, "agenda_kind"))
    title: Mapped[str] = mapped_column(String(80))
    minutes_planned: Mapped[int | None] = mapped_column()
    presenter: Mapped[str] = mapped_column(String(40), default="")
    presenter_from: Mapped[str] = mapped_column(String(40), default="")
    presenter_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    sitting_id: Mapped[int | None] = mapped_column(
        ForeignKey("sitting.id", ondelete="SET NULL")
    )  # None: at all of them
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    experience_id: Mapped[int | None] = mapped_column(ForeignKey("experience.id"))
    material: Mapped[str] = mapped_column(String(500), default="")  # an address: elsewhere, or a path of the forum
    version: Mapped[int] = mapped_column(default=1)  # goes up when its words change, not when it moves

    meeting: Mapped[Meeting] = relationship(back_populates="agenda", lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("presenter_posting_id IS NULL OR presenter = ''", name="agenda_item_has_one_presenter"),
        CheckConstraint("thread_id IS NULL OR experience_id IS NULL", name="agenda_item_has_one_source"),
    )


class AgendaVersion(Model):
    """What was published at a time: theme, sittings and lines as they stood (a ``Programme``), numbered from 1 in each meeting."""

    __tablename__ = "agenda_version"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    programme: Mapped[dict[str, Any]] = mapped_column(JSON)


class Attendance(Model):
    """Somebody expected at a sitting, or who walked in: what he answered, and whether he came, himself or by a substitute.

    Nobody is on the lists of two sittings of a meeting.
    """

    __tablename__ = "attendance"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    meeting_id: Mapped[int] = mapped_column()
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    answer: Mapped[Answer | None] = mapped_column(choice(Answer, "attendance_answer"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_name: Mapped[str] = mapped_column(String(40), default="")  # where he is not one of those known here
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who answered for him: 代录
    came: Mapped[bool | None] = mapped_column(Boolean)  # None until attendance was taken
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when he signed in by his own phone
    is_walk_in: Mapped[bool] = mapped_column(Boolean, default=False)  # came without being expected

    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "sitting_id"], ["sitting.meeting_id", "sitting.id"], name="fk_attendance_sitting_of_meeting"
        ),
        UniqueConstraint("meeting_id", "person_id", name="uq_attendance_meeting_person"),
        CheckConstraint(
            "(answer IS NOT NULL AND answer = 'substitute') = (substitute_id IS NOT NULL OR substitute_name <> '')",
            name="attendance_substitute_is_somebody",
        ),
    )


class CalendarLink(Model):
    """The address from which a person's phone fetches his meetings. ``handle`` is half of it, the other is derived from the key."""

    __tablename__ = "calendar_link"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(22), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class MeetingRule(Model):
    """When and where a township usually meets: every month's N-th weekday, from which the dates of a year are proposed."""

    __tablename__ = "meeting_rule"

    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    week: Mapped[int] = mapped_column()  # 1 to 4, and 5 for the month's last
    weekday: Mapped[int] = mapped_column()  # 0 is Monday
    starts: Mapped[time] = mapped_column(Time)  # on a Beijing clock
    minutes: Mapped[int] = mapped_column()
    place: Mapped[str] = mapped_column(String(80))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, onupdate=utcnow)

    __table_args__ = (
        CheckConstraint("week BETWEEN 1 AND 5", name="meeting_rule_week"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="meeting_rule_weekday"),
        CheckConstraint("minutes BETWEEN 15 AND 720", name="meeting_rule_minutes"),
    )
