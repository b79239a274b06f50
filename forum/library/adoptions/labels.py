"""The words for how it went."""

from flask_babel import lazy_gettext as _l

from forum.library.adoptions.models import AdoptionResult

RESULTS = {AdoptionResult.WORKED: _l("成了"), AdoptionResult.PARTLY: _l("部分成了"), AdoptionResult.FAILED: _l("没成")}
BADGES = {AdoptionResult.WORKED: "done", AdoptionResult.PARTLY: "wait", AdoptionResult.FAILED: "plain"}
