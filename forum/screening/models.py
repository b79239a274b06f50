"""The words that a district lists, and whose first posts a township looks at."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice

WORD_LENGTH = 50
WHY_LENGTH = 100
MOST_FIRST = 10


class Degree(StrEnum):
    """What becomes of a text with a listed word."""

    MASK = "mask"  # it is sent with stars
    HOLD = "hold"  # it waits until somebody has looked
    REFUSE = "refuse"  # it is not sent, and the reason is said


class ListedWord(Model):
    """A word on a district's list; ``key`` is what it is compared by (``screening.matching``)."""

    __tablename__ = "listed_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    word: Mapped[str] = mapped_column(String(WORD_LENGTH))
    key: Mapped[str] = mapped_column(String(WORD_LENGTH * 4))
    degree: Mapped[Degree] = mapped_column(choice(Degree, "listed_word_degree"))
    reason: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")  # of a refusal, for whoever wrote
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (UniqueConstraint("district_id", "key"),)


class WordList(Model):
    """A random stamp for each state of a district's list: a process that knows it need not read the words again."""

    __tablename__ = "word_list"

    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(16), default="")


class FirstPosts(Model):
    """How many posts of a new account wait until the township has looked; a township without a row looks at none."""

    __tablename__ = "first_posts"

    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    number: Mapped[int] = mapped_column()

    __table_args__ = (CheckConstraint(f"number BETWEEN 1 AND {MOST_FIRST}", name="first_posts_a_few"),)
