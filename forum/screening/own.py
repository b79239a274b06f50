"""What this room holds of a person: the words he put on the list."""

from flask_babel import lazy_gettext as _l

from forum.belongings import belongs
from forum.screening.models import ListedWord

belongs(
    "listed_words",
    _l("我加进名单的词"),
    ListedWord.added_by_id,
    ListedWord.word,
    ListedWord.reason,
    ListedWord.added_at,
)
