"""The pictures of a page's posts, and those a post may take."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import or_, select

from forum.extensions import db
from forum.media.models import Picture
from forum.media.pictures import thumb_size
from forum.media.store import KEY
from forum.units.actors import Actor

MOST_IN_A_POST = 9


@dataclass(frozen=True)
class PictureRow:
    """A picture as pages show it; ``width`` and ``height`` are those of the thumbnail."""

    id: str  # its key
    width: int = 0
    height: int = 0

    @property
    def url(self) -> str:
        return url_for("media.picture", key=self.id)

    @property
    def thumb_url(self) -> str:
        return url_for("media.thumb", key=self.id)


def pictures_of(post_ids: Iterable[int]) -> dict[int, list[PictureRow]]:
    """The pictures of these posts in their order, in one statement; posts without pictures are not in it."""
    wanted = list(post_ids)
    found: dict[int, list[PictureRow]] = {}
    if wanted:
        columns = select(Picture.post_id, Picture.key, Picture.width, Picture.height)
        for row in db.session.execute(
            columns.where(Picture.post_id.in_(wanted)).order_by(Picture.post_id, Picture.position, Picture.id)
        ):
            found.setdefault(row.post_id, []).append(PictureRow(row.key, *thumb_size(row.width, row.height)))
    return found


def own_unattached(actor: Actor, keys: Iterable[str], of_post: int | None = None) -> list[Picture]:
    """The pictures of these keys that the actor may put on a post: at most nine, in the order of the keys.

    Those are his own that no post has taken yet and, while he edits ``of_post``, those already on it. Every other key is passed over.
    The rows stay locked until the transaction ends: neither a second tab nor the worker takes them meanwhile.
    """
    wanted = list(dict.fromkeys(key for key in keys if KEY.fullmatch(key)))
    query = select(Picture).where(
        Picture.key.in_(wanted),
        Picture.owner_id == actor.id,
        or_(Picture.post_id.is_(None), Picture.post_id == of_post),
    )
    found = {picture.key: picture for picture in db.session.scalars(query.with_for_update())} if wanted else {}
    return [found[key] for key in wanted if key in found][:MOST_IN_A_POST]
