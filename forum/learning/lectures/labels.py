"""What forms of lectures and answers are called."""

from flask_babel import gettext as _

from forum.learning.lectures.models import Manner, has_begun  # noqa: F401 - templates call it here


def manner_label(manner: Manner) -> str:
    """How a lecture is given, in a word."""
    return {
        Manner.CLASSROOM: _("课堂"),
        Manner.FIELD: _("田间学校"),
        Manner.ONLINE: _("线上"),
        Manner.HOME: _("上门"),
    }[manner]


def who(name: str, workplace: str) -> str:
    """An expert with the place he comes from."""
    return _("%(name)s（%(workplace)s）", name=name, workplace=workplace)
