"""The vectors of documents: dear to make, therefore kept with the data and in its backups, unlike the index."""

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.extensions import Model


class Meaning(Model):
    """What one encoder made of one document: a vector for each of its pieces, and by what the pieces are known again."""

    __tablename__ = "meaning"

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # "thread", "post" or "card", with the id below: what the index calls a key
    object_id: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(32))
    codes: Mapped[bytes] = mapped_column(LargeBinary)  # one signed byte for each number of each piece
    scales: Mapped[bytes] = mapped_column(LargeBinary)  # a float32 for each piece, by which its numbers are multiplied

    __table_args__ = (UniqueConstraint("model", "kind", "object_id", name="uq_meaning_one_of_a_document"),)
