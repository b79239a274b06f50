"""What this room holds of a person: the cards of which he said that his village has the same problem."""

from flask_babel import lazy_gettext as _l

from forum.asking.models import SharedProblem
from forum.belongings import Via, belongs
from forum.library.models import Experience
from forum.library.own import title_of_card

belongs(
    "same_problem",
    _l("我说过“我们村也有”的经验卡"),
    SharedProblem.person_id,
    SharedProblem.created_at,
    title_of_card,
    via=Via(SharedProblem, ((Experience, Experience.id == SharedProblem.experience_id),)),
)
