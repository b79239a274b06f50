"""How replies hang together when one of them becomes the opening of a thread: what answered it becomes a direct reply."""

from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from forum.extensions import db
from forum.threads.models import Post, Stance
from forum.threads.tidying.deeds import POSTS


class Place(NamedTuple):
    """Where a reply stood: the reply it answered, the direct reply it stood under, and how it took it."""

    post_id: int
    parent_id: int | None
    root_id: int | None
    stance: Stance | None


def places_below(post: Post) -> list[Place]:
    """Everything that was answered to a reply, and to those answers."""
    columns = (Post.id, Post.parent_id, Post.root_id, Post.stance)
    family = select(*columns).where(Post.root_id == (post.root_id or post.id)).order_by(Post.id)
    below: dict[int | None, list[Place]] = defaultdict(list)
    for row in db.session.execute(family):
        below[row.parent_id].append(Place(*row))
    found, waiting = [], [post.id]
    while waiting:
        children = below[waiting.pop()]
        found += children
        waiting += [child.post_id for child in children]
    return found


def make_opening(post: Post) -> list[Place]:
    """Let what answered a reply be direct replies, as they are under an opening; returns how it was.

    An opening is not objected to by a mark of its own: how the direct answers took it goes with it.
    """
    before = places_below(post)
    roots: dict[int, int | None] = {}
    after = []
    for place in before:  # parents come before their children
        is_direct = place.parent_id == post.id
        roots[place.post_id] = None if is_direct else roots[place.parent_id or 0] or place.parent_id
        parent = None if is_direct else place.parent_id
        after.append(Place(place.post_id, parent, roots[place.post_id], None if is_direct else place.stance))
    put_places(after)
    return before


def put_places(places: list[Place]) -> None:
    """Let replies stand in these places."""
    if places:
        values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in ("parent_id", "root_id", "stance")}
        db.session.connection().execute(
            update(POSTS).where(POSTS.c.id == bindparam("to_post_id")).values(values),
            [{f"to_{name}": value for name, value in place._asdict().items()} for place in places],
        )
