"""What was pointed out and suggested, with what its list shows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.moderation.models import Report, Suggestion
from forum.moderation.policies import readable_held_posts, readable_reports, readable_suggestions
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit

Rows = Select[*tuple[Any, ...]]

SHOWN_OF_POST = 800  # characters fetched of a body of which an excerpt is shown


def reports_of(actor: Actor, post_id: int) -> Sequence[Any]:
    """Everybody who pointed out a post in the actor's care, the first one first."""
    of_post = _reports(actor).where(Report.post_id == post_id)
    return db.session.execute(of_post.order_by(Report.created_at, Report.id)).all()


def report_rows(actor: Actor, *, handled: bool) -> Rows:
    """Reports in the actor's care, those that wait or those handled."""
    return _reports(actor).where(_is_handled(Report, handled))


def _reports(actor: Actor) -> Rows:
    """Reports with the post, its author and the reporter."""
    author, place, handler, scribe = aliased(Person), aliased(Unit), aliased(Person), aliased(Person)
    return (
        select(
            Report.id,
            Report.post_id,
            Report.kind,
            Report.reason,
            Report.created_at,
            Report.handled_at,
            Report.verdict,
            Report.request,
            Report.answer,
            Person.name.label("name"),
            Unit.name.label("unit_name"),
            Thread.title,
            func.substr(Post.body, 1, SHOWN_OF_POST).label("body"),
            Post.hidden_at,
            author.name.label("author_name"),
            place.name.label("author_unit"),
            handler.name.label("handler_name"),
            scribe.name.label("entered_by"),
        )
        .join(Post, Post.id == Report.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(author, author.id == Post.author_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
        .join(place, place.id == Post.unit_id)
        .join(Person, Person.id == Report.reporter_id)
        .outerjoin(Posting, Posting.id == Report.posting_id)
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(handler, handler.id == Report.handled_by_id)
        .where(readable_reports(actor))
    )


def suggestion_rows(actor: Actor, *, handled: bool) -> Rows:
    """Suggestions in the actor's care, with whoever made them."""
    handler = aliased(Person)
    return (
        select(
            Suggestion.id,
            Suggestion.page,
            Suggestion.body,
            Suggestion.created_at,
            Suggestion.handled_at,
            Person.name.label("name"),
            Unit.name.label("unit_name"),
            handler.name.label("handler_name"),
        )
        .join(Person, Person.id == Suggestion.person_id)
        .outerjoin(Posting, Posting.id == Suggestion.posting_id)
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(handler, handler.id == Suggestion.handled_by_id)
        .where(readable_suggestions(actor), _is_handled(Suggestion, handled))
    )


def held_rows(actor: Actor) -> Rows:
    """Posts that wait for the actor to look, whole, with their authors."""
    scribe = aliased(Person)
    return (
        select(
            Post.id,
            Post.is_opening,
            Post.held_at,
            Post.held_for,
            Post.body,
            Thread.title,
            Post.author_id,
            Post.unit_id,
            Person.name,
            Unit.name.label("unit_name"),
            scribe.name.label("entered_by"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(readable_held_posts(actor))
    )


def own_report_rows(actor: Actor) -> Rows:
    """What the actor has pointed out and what became of it; of a post that he may not read (any more) no words."""
    body = case((readable_posts(actor), func.substr(Post.body, 1, SHOWN_OF_POST)), else_="")
    return (
        select(
            Report.id,
            Report.post_id,
            Report.kind,
            Report.reason,
            Report.created_at,
            Report.handled_at,
            Report.verdict,
            Report.answer,
            body.label("body"),
        )
        .join(Post, Post.id == Report.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Report.reporter_id == actor.id)
    )


class Waiting(NamedTuple):
    """How many posts, reports and suggestions wait for the actor."""

    held: int
    reports: int
    suggestions: int


def count_waiting(actor: Actor) -> Waiting:
    """Count what waits for the actor, in one statement."""
    held = held_rows(actor).with_only_columns(func.count(Post.id)).scalar_subquery()
    reports = report_rows(actor, handled=False).with_only_columns(func.count(Report.id)).scalar_subquery()
    suggestions = suggestion_rows(actor, handled=False).with_only_columns(func.count(Suggestion.id)).scalar_subquery()
    return Waiting(*db.session.execute(select(held, reports, suggestions)).one())


def _is_handled(of: type[Report] | type[Suggestion], handled: bool) -> ColumnElement[bool]:
    return of.handled_at.is_not(None) if handled else of.handled_at.is_(None)
