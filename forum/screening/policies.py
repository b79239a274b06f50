"""Who keeps the list of words, and who sets whose first posts are looked at."""

from sqlalchemy import Select, select

from forum.screening.models import ListedWord
from forum.units.actors import Actor


def can_list_words(actor: Actor) -> bool:
    """One list for the whole district, kept by the district."""
    return actor.is_district


def visible_words(actor: Actor) -> Select[ListedWord]:
    """The list that the actor keeps."""
    return select(ListedWord).where(ListedWord.district_id == (actor.district_id if can_list_words(actor) else None))


def can_set_first_posts(actor: Actor) -> bool:
    """Each township for itself: whoever would have to look decides."""
    return actor.is_organiser
