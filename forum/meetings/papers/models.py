"""What a township's papers carry besides their words: its letterhead, and the number of each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model


class Letterhead(Model):
    """How a township's minutes begin and end. What is left empty is not printed, or said by the township's name."""

    __tablename__ = "letterhead"

    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    heading: Mapped[str] = mapped_column(String(40), default="")  # 红头
    issuer: Mapped[str] = mapped_column(String(40), default="")  # 发文机关
    number_word: Mapped[str] = mapped_column(String(20), default="")  # 文号代字, before 〔2026〕3号
    signatory: Mapped[str] = mapped_column(String(40), default="")  # 签发人
    recipients: Mapped[str] = mapped_column(String(300), default="")  # 主送
    copies: Mapped[str] = mapped_column(String(300), default="")  # 抄送
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, onupdate=utcnow)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PaperNumber(Model):
    """The number under which a meeting's minutes were issued: running through a township's year."""

    __tablename__ = "paper_number"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column()

    __table_args__ = (
        UniqueConstraint("township_id", "year", "number", name="uq_paper_number_township_year"),
        CheckConstraint("number >= 1", name="paper_number_counts_from_one"),
    )
