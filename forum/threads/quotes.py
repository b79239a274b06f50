"""A passage of a post at the head of an answer: who said it, and how it begins. It is the writer's to shorten."""

from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.markup import excerpt
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts
from forum.units.actors import Actor
from forum.units.models import Person, Unit

QUOTED = 200


def quote_of(who: str, body: str) -> str:
    """The beginning of a text as one quoted line; what it quotes itself is left out. Nothing of nothing."""
    own = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith(">"))
    words = excerpt(own, QUOTED)
    return "> " + _("%(who)s：%(words)s", who=who, words=words) + "\n\n" if words else ""


def quote_from(actor: Actor, thread_id: int, post_id: int) -> str:
    """The beginning of a post of this thread that the actor may read; nothing of another, or of what is hidden."""
    row = db.session.execute(
        select(Post.body, Person.name, Unit.name.label("unit_name"))
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Post.author_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(Post.id == post_id, Post.thread_id == thread_id, Post.hidden_at.is_(None), readable_posts(actor))
    ).one_or_none()
    return quote_of(f"{row.unit_name} {row.name}", row.body) if row else ""
