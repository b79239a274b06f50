"""What stages, days and results of trips are called."""

from datetime import date

from flask_babel import gettext as _

from forum.clock import day
from forum.learning.trips.models import Stage, UseResult, stage_of  # noqa: F401 - templates call it here


def stage_label(stage: Stage) -> str:
    """Where a trip is, in a word."""
    return {
        Stage.DRAFT: _("草稿"),
        Stage.OPEN: _("正在报名"),
        Stage.FULL: _("报满了，可以排队"),
        Stage.SHUT: _("报名截止"),
        Stage.UNDER_WAY: _("正在外面学"),
        Stage.BACK: _("回来了"),
        Stage.CLOSED: _("收尾了"),
        Stage.CANCELLED: _("不去了"),
    }[stage]


def stage_colour(stage: Stage) -> str:
    """The kind of badge for a stage."""
    return {
        Stage.OPEN: "now",
        Stage.FULL: "wait",
        Stage.SHUT: "wait",
        Stage.UNDER_WAY: "kind",
        Stage.BACK: "done",
        Stage.CLOSED: "done",
    }.get(stage, "plain")


def result_label(result: UseResult | None) -> str:
    """What became of something that was to be used."""
    if result is None:
        return _("还没到日子")
    return {UseResult.USED: _("用上了"), UseResult.DOING: _("正在办"), UseResult.UNFIT: _("不合适")}[result]


def result_colour(result: UseResult | None) -> str:
    """The kind of badge for it."""
    if result is None:
        return "plain"
    return {UseResult.USED: "done", UseResult.DOING: "kind", UseResult.UNFIT: "wait"}[result]


def home_label(result: UseResult) -> str:
    """Over what came home from a trip, by what became of it."""
    return {UseResult.USED: _("用上了的"), UseResult.DOING: _("正在办的"), UseResult.UNFIT: _("试过、看过，不合适的")}[
        result
    ]


def days(first: date, last: date) -> str:
    """One day, or the first and the last."""
    return day(first) if first == last else _("%(first)s到%(last)s", first=day(first), last=day(last))
