"""What this room holds of a person: what he pointed out and suggested, and how he answered others."""

from flask_babel import lazy_gettext as _l

from forum.belongings import belongs, of_office
from forum.moderation.models import Report, Suggestion

belongs("reports", _l("我举报过的"), Report.reporter_id, Report.created_at, Report.kind, Report.reason)
belongs(
    "reports_answered",
    _l("我答复过的举报"),
    Report.handled_by_id,
    Report.handled_at,
    Report.request,
    Report.answer,
)
belongs(
    "suggestions",
    _l("我提的意见"),
    Suggestion.person_id,
    Suggestion.created_at,
    Suggestion.body,
    Suggestion.page,
)
of_office(Suggestion.handled_by_id)
