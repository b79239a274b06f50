"""Who may send and see pictures and files: each is as visible as the post it belongs to, asked anew every time."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, and_, false, or_, select

from forum.media.models import Document, Picture
from forum.units.actors import Actor

ReadablePosts = Callable[[Actor], Select[*tuple[Any, ...]]]


def _none(actor: Actor) -> Select[*tuple[Any, ...]]:
    return select(Picture.post_id).where(false())


_readable_posts: ReadablePosts = _none


def show_with_posts(readable_posts: ReadablePosts) -> None:
    """Let pictures and files follow their posts: the room above says, as a query of post ids, which ones an actor may read.

    ``show_with_posts(lambda actor: visible_posts(actor).with_only_columns(Post.id))``. Until it did, attached pictures are nobody's.
    """
    global _readable_posts
    _readable_posts = readable_posts


def visible_pictures(actor: Actor) -> Select[Any]:
    """One's own pictures that no post has taken yet, and those of every post that one may read."""
    return _visible(Picture, actor)


def visible_documents(actor: Actor) -> Select[Any]:
    """One's own files that no post has taken yet, and those of every post that one may read."""
    return _visible(Document, actor)


def _visible(model: type[Picture] | type[Document], actor: Actor) -> Select[Any]:
    own = and_(model.post_id.is_(None), model.owner_id == actor.id)
    return select(model).where(or_(own, model.post_id.in_(_readable_posts(actor))))


def can_upload(actor: Actor) -> bool:
    """Pictures and files are sent to be shown in posts: by whoever takes part."""
    return actor.is_member
