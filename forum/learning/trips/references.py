"""Why the thread of a trip and its notes stay where they are: days, seats and what came home hang on them."""

from flask_babel import gettext as _

from forum.learning.trips.models import StudyTrip, TripNote
from forum.threads.references import holds

holds(StudyTrip.thread_id, lambda: _("这个帖子是一次学习考察"))
holds(TripNote.post_id, lambda: _("里面有学习考察写的几句"))
