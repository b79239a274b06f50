"""A district in which everything there is stands in every state that rights depend on.

What an address needs is found by the name of the argument and a word for the state: ``scene.ids["thread_id", "narrowed"]``.
Every text carries ``mark(word)`` of the object it belongs to, and the word 石榴, by which the search finds it.
"""

from dataclasses import dataclass, field
from typing import Any

from forum.extensions import db
from forum.threads.models import Post, Thread
from tests.factories import World

FOUND_BY = "石榴"


def mark(word: str) -> str:
    """A word that stands in the texts of one object and nowhere else."""
    return f"zq{word.replace('-', '')}qz"


@dataclass
class Scene:
    """The people, what is there, and who is signed in."""

    world: World
    ids: dict[tuple[str, str], Any] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)  # the session token of each role


def words_of(word: str) -> tuple[str, str]:
    return f"{mark(word)} 石榴怎么卖", f"村里的石榴 {mark(word)} 没人收。"


def thread_of(scene: Scene, word: str) -> Thread:
    return db.session.get_one(Thread, scene.ids["thread_id", word])


def opening_of(thread: Thread) -> Post:
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()
