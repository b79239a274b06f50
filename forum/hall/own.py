"""What this room holds of a person: his questions from the benches, and those he asked along."""

from flask_babel import lazy_gettext as _l

from forum.belongings import belongs
from forum.hall.models import HallEcho, HallQuestion

belongs(
    "hall_questions",
    _l("我在会场提的问题"),
    HallQuestion.person_id,
    HallQuestion.created_at,
    HallQuestion.body,
)
belongs("hall_echoes", _l("会场上我也想问的"), HallEcho.person_id, HallEcho.question_id)
