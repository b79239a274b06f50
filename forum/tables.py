"""Every table of the application: imported for its side effect wherever the whole schema must be known."""

import forum.accounts.models
import forum.asking.models
import forum.audit.models
import forum.changes
import forum.consultations.models
import forum.hall.models
import forum.learning.lectures.models
import forum.learning.trips.models
import forum.library.adoptions.models
import forum.library.models
import forum.library.shelves.models
import forum.media.models
import forum.meetings.minutes.models
import forum.meetings.models
import forum.meetings.papers.models
import forum.meetings.proposals.models
import forum.moderation.models
import forum.notices.models
import forum.once
import forum.screening.models
import forum.search.missed.models
import forum.search.models
import forum.search.saved.models
import forum.tags.models
import forum.threads.models
import forum.threads.tidying.models
import forum.units.models  # noqa: F401
