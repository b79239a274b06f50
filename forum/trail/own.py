"""What this room holds of a person: the deeds that he may have to answer for."""

from flask_babel import lazy_gettext as _l

from forum.audit.models import AuditEntry
from forum.belongings import belongs

belongs("deeds", _l("记在操作记录里的"), AuditEntry.actor_id, AuditEntry.at, AuditEntry.action)
