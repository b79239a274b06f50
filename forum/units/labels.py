"""How roles and kinds of units are called in the interface."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.units.models import Role, UnitKind

ROLE_LABELS: dict[Role, LazyString] = {
    Role.SECRETARY: _l("村书记"),
    Role.DEPUTY: _l("村副书记"),
    Role.EXPERT: _l("专家"),
    Role.ORGANISER: _l("镇组织员"),
    Role.DISTRICT: _l("区组织部"),
    Role.ADMIN: _l("系统管理员"),
}
KIND_LABELS: dict[UnitKind, LazyString] = {
    UnitKind.PROVINCE: _l("省"),
    UnitKind.CITY: _l("市"),
    UnitKind.DISTRICT: _l("区"),
    UnitKind.TOWNSHIP: _l("镇街"),
    UnitKind.AREA: _l("管区"),
    UnitKind.VILLAGE: _l("村"),
    UnitKind.BUREAU: _l("区直部门"),
}
