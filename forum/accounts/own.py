"""What this room holds of a person: where he is signed in."""

from flask_babel import lazy_gettext as _l

from forum.accounts.models import UserSession
from forum.belongings import belongs, of_office
from forum.once import SpentToken

belongs(
    "sessions",
    _l("哪几天登录过（还没退出的）"),
    UserSession.person_id,
    UserSession.created_at,
    UserSession.last_seen_at,
    UserSession.expires_at,
)
of_office(SpentToken.person_id)  # of forms that were sent: gone after some days
