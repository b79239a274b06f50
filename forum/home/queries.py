"""What home shows, a few rows of each."""

from typing import Any

from sqlalchemy import literal, select, union_all

from forum.extensions import db
from forum.threads.lists import shown
from forum.threads.models import Thread
from forum.threads.queries import ANSWERED, UNANSWERED, thread_rows
from forum.units.actors import Actor

EACH = 5


def home_page(actor: Actor) -> dict[str, Any]:
    """Everything home shows."""
    return {"waiting": [], "unanswered": []}
