"""新任书记必读: the cards a new secretary should read first, chosen by people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model

NOTE_LENGTH = 200


class ShelfCard(Model):
    """A card on the shelf of a township, or of the whole district (no township), with a word on why."""

    __tablename__ = "shelf_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), index=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    position: Mapped[int] = mapped_column(default=0)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (
        Index("ix_shelf_card_district_township", "district_id", "township_id", "position"),
        Index("uq_shelf_card_of_township", "township_id", "experience_id", unique=True),
        Index(
            "uq_shelf_card_of_district",
            "district_id",
            "experience_id",
            unique=True,
            sqlite_where=text("township_id IS NULL"),
            postgresql_where=text("township_id IS NULL"),
        ),
    )
