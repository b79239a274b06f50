"""What a tag's page shows of lectures: the latest, and those to come."""

from forum.extensions import db
from forum.learning.lectures.models import Lecture
from forum.learning.lectures.queries import lecture_rows
from forum.tags.panels import PARTS, Part, Sight
from forum.threads.queries import tagged

SHOWN = 4


def lectures_of_tag(sight: Sight) -> Part:
    """By the tags of their threads; one statement."""
    # Of this district, said of the lecture itself: SQLite would begin with the district's threads.
    here = Lecture.district_id == sight.actor.district_id
    query = lecture_rows(sight.actor).where(here, tagged(sight.tag_ids))
    if sight.township_id:
        query = query.where(Lecture.township_id == sight.township_id)
    rows = db.session.execute(query.order_by(Lecture.starts_at.desc(), Lecture.id.desc()).limit(SHOWN)).all()
    return Part("learning/lectures/_of_tag.html", {"lectures": rows}, is_beside=True) if rows else Part()


PARTS.append(lectures_of_tag)
