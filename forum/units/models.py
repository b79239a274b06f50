"""Units, people and postings: who speaks for what, from when to when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice
from forum.sounds import LENGTH, sounds_of


class UnitKind(StrEnum):
    """The levels of the tree. It may begin above the district; everything below a district belongs to it."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWNSHIP = "township"
    AREA = "area"
    VILLAGE = "village"
    BUREAU = "bureau"


class Role(StrEnum):
    """What a posting lets its holder do; the rights themselves are in each slice's policies."""

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    EXPERT = "expert"
    ORGANISER = "organiser"
    DISTRICT = "district"
    ADMIN = "admin"


class Unit(Model):
    """A district, township, management area, village or bureau.

    ``township_id`` and ``district_id`` name the unit's own township and district (itself, where it is one), so that scope is an
    equality and never a walk up the tree.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind, "unit_kind"))
    name: Mapped[str] = mapped_column(String(60))
    sounds: Mapped[str] = mapped_column(String(LENGTH), default="", server_default="")  # of the name
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)  # a district of invented people: shown by a ribbon

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id], lazy="raise_on_sql")

    @validates("name")
    def _hear(self, _column: str, name: str) -> str:
        self.sounds = sounds_of(name)
        return name

    __table_args__ = (
        # A unit's name is unique among its siblings: the roster finds villages by it.
        Index("uq_unit_parent_name", "parent_id", "name", unique=True),
        Index(
            "uq_unit_root_name",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )


class Land(StrEnum):
    """What a village's land is like."""

    PLAIN = "plain"
    COASTAL = "coastal"
    HILL = "hill"


class Population(StrEnum):
    """How many people live in a village."""

    UNDER_500 = "under_500"
    UNDER_1000 = "under_1000"
    UNDER_2000 = "under_2000"
    ABOVE_2000 = "above_2000"


class Income(StrEnum):
    """What a village's collective takes in a year, in tens of thousands of yuan."""

    UNDER_10 = "under_10"
    UNDER_30 = "under_30"
    UNDER_50 = "under_50"
    UNDER_100 = "under_100"
    ABOVE_100 = "above_100"


class Distance(StrEnum):
    """How far a village lies from the seat of its township."""

    NEAR = "near"
    MIDDLE = "middle"
    FAR = "far"


class VillageFacts(Model):
    """What a village is like, as far as somebody said: a village that looks for a way sees whether it fits a village like itself."""

    __tablename__ = "village_facts"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    land: Mapped[Land | None] = mapped_column(choice(Land, "village_land"))
    is_relocated: Mapped[bool | None] = mapped_column(Boolean)
    population: Mapped[Population | None] = mapped_column(choice(Population, "village_population"))
    income: Mapped[Income | None] = mapped_column(choice(Income, "village_income"))
    distance: Mapped[Distance | None] = mapped_column(choice(Distance, "village_distance"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, onupdate=utcnow)


class Person(Model):
    """A human being. Signing in needs a phone number and a password; those named in an import may have neither."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), index=True)
    sounds: Mapped[str] = mapped_column(String(LENGTH), default="", server_default="")  # of the name
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    privacy_version: Mapped[int | None] = mapped_column()
    privacy_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    language: Mapped[str | None] = mapped_column(String(10))
    large_type: Mapped[bool] = mapped_column(Boolean, default=False)
    # Whether he is named to somebody who looks for help: only who said no is not.
    may_be_suggested: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    postings: Mapped[list["Posting"]] = relationship(back_populates="person", lazy="raise_on_sql")

    @validates("name")
    def _hear(self, _column: str, name: str) -> str:
        self.sounds = sounds_of(name)
        return name


class Posting(Model):
    """A person holding a role in a unit from one date to another, both included. Rights follow the current posting."""

    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role, "posting_role"))
    title: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[date] = mapped_column()
    until: Mapped[date | None] = mapped_column()

    person: Mapped[Person] = relationship(back_populates="postings", lazy="raise_on_sql")
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="posting_ends_after_it_begins"),
        # A village has at most one secretary in office.
        Index(
            "uq_posting_one_secretary",
            "unit_id",
            unique=True,
            sqlite_where=text("role = 'secretary' AND until IS NULL"),
            postgresql_where=text("role = 'secretary' AND until IS NULL"),
        ),
        # Nobody holds system administration and the district's audit at once.
        Index(
            "uq_posting_one_office_of_trust",
            "person_id",
            unique=True,
            sqlite_where=text("role IN ('admin', 'district') AND until IS NULL"),
            postgresql_where=text("role IN ('admin', 'district') AND until IS NULL"),
        ),
    )


class ActivationSlip(Model):
    """A printed slip with a one-time code by which a person sets his password. Only the code's hash is kept."""

    __tablename__ = "activation_slip"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RosterUpload(Model):
    """A roster between preview and applying: its parsed rows wait here under a random token for a day."""

    __tablename__ = "roster_upload"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[str] = mapped_column()  # JSON of the rows as read from the file
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
