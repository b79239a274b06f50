"""What rounds and results are called."""

from flask_babel import gettext as _

from forum.consultations.models import FollowUpResult
from forum.language import numeral  # noqa: F401 - templates call it here


def result_label(result: FollowUpResult) -> str:
    """What became of it, in a word."""
    return {
        FollowUpResult.SOLVED: _("解决了"),
        FollowUpResult.BETTER: _("好一些"),
        FollowUpResult.UNSOLVED: _("没解决"),
    }[result]


def result_colour(result: FollowUpResult) -> str:
    """The kind of badge for a result."""
    return {
        FollowUpResult.SOLVED: "done",
        FollowUpResult.BETTER: "kind",
        FollowUpResult.UNSOLVED: "wait",
    }[result]
