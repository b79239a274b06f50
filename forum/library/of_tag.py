"""What a tag's page shows of the library."""

from flask import url_for

from forum.extensions import db
from forum.library.models import Experience
from forum.library.queries import published_cards, tagged_cards
from forum.tags.panels import PARTS, Part, Sight
from forum.threads.lists import tags_of

SHOWN = 5


def cards_of_tag(sight: Sight) -> Part:
    """The cards published last; one statement."""
    query = published_cards(sight.actor).where(tagged_cards(sight.tag_ids))
    if sight.township_id:
        query = query.where(Experience.township_id == sight.township_id)
    newest = query.order_by(Experience.published_at.desc(), Experience.id.desc()).limit(SHOWN)
    cards = db.session.execute(newest).all()
    if not cards:
        return Part()
    url = url_for("library.index", tag=sight.code, unit=sight.township_id)
    return Part("library/_of_tag.html", {"cards": cards, "tags_of": tags_of, "url": url})


PARTS.append(cards_of_tag)
