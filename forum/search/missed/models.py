"""Words that found nothing."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.extensions import Model

WORD_LENGTH = 20
MARKS = 32


class MissedWord(Model):
    """A word that was searched for in vain on a day.

    `mark` tells three searchers from one, and tells nothing else: it is one of thirty-two, so that many people share each, and
    whoever holds the key, too, cannot say which of them it was.
    """

    __tablename__ = "missed_word"

    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(WORD_LENGTH), primary_key=True)
    mark: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)  # the latest

    __table_args__ = (CheckConstraint("mark BETWEEN 0 AND 31", name="missed_word_mark_is_shared"),)
