"""Villages that have the problem of a card."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model


class SharedProblem(Model):
    """A village that was about to ask and found its problem on a card: 就是这个. For a thread it is the reaction 我们村也有."""

    __tablename__ = "shared_problem"

    experience_id: Mapped[int] = mapped_column(ForeignKey("experience.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who said so for the village
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
