"""Who points out what, and who answers for it."""

from sqlalchemy import ColumnElement, Select, and_, false, select
from sqlalchemy.orm import contains_eager

from forum.moderation.models import Report, Suggestion
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_posts
from forum.units.actors import Actor


def can_report(actor: Actor, post: Post) -> bool:
    """Everybody who takes part may point out another's post."""
    return actor.is_member and post.author_id != actor.id


def can_handle(actor: Actor) -> bool:
    """Organisers and the district read what was pointed out and suggested."""
    return actor.is_organiser or actor.is_district


def readable_reports(actor: Actor) -> ColumnElement[bool]:
    """The condition for reports, in a query that joins post and thread: in the actor's care, of posts that he may read.

    Nobody reads who reported a post of his own: he is no judge of it.
    """
    in_care = _in_care(actor, Thread)
    return and_(in_care, readable_posts(actor), Post.author_id != actor.id)


def visible_reports(actor: Actor) -> Select[Report]:
    """The reports that the actor may read and answer, each with its post, and that with its thread."""
    return (
        select(Report)
        .join(Report.post)
        .join(Post.thread)
        .options(contains_eager(Report.post).contains_eager(Post.thread))
        .where(readable_reports(actor))
    )


def readable_held_posts(actor: Actor) -> ColumnElement[bool]:
    """The condition for posts that wait for the actor to look, in a query that joins their threads."""
    return and_(_in_care(actor, Thread), readable_posts(actor), Post.held_at.is_not(None))


def readable_suggestions(actor: Actor) -> ColumnElement[bool]:
    """The condition for suggestions: the organiser's township's, the district's."""
    return _in_care(actor, Suggestion)


def visible_suggestions(actor: Actor) -> Select[Suggestion]:
    """The suggestions that the actor may read and handle."""
    return select(Suggestion).where(readable_suggestions(actor))


def _in_care(actor: Actor, of: type[Thread] | type[Suggestion]) -> ColumnElement[bool]:
    if actor.is_organiser:
        return of.township_id == actor.township_id
    if actor.is_district:
        return of.district_id == actor.district_id
    return false()
