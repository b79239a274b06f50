"""The change log: a row in the same transaction as every change of a text or tag that search must follow."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, db


class Change(Model):
    """Something of this kind and id is to be indexed anew: written, edited, retagged or gone."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # "thread" (with its posts), "post" or "card"
    object_id: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)


def note_change(kind: str, object_id: int) -> None:
    """Write a change row into the current transaction."""
    db.session.add(Change(kind=kind, object_id=object_id))
