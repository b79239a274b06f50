"""What this room holds of a person: the searches he kept."""

from flask_babel import lazy_gettext as _l

from forum.belongings import belongs
from forum.search.saved.models import SavedSearch

belongs(
    "saved_searches",
    _l("我存下的搜索"),
    SavedSearch.person_id,
    SavedSearch.created_at,
    SavedSearch.text,
    SavedSearch.arguments,
)
