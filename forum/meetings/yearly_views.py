"""全年安排: when a township usually meets, and drafts for the months ahead."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.access import me, require
from forum.clock import today
from forum.extensions import db
from forum.meetings.policies import can_schedule_in
from forum.meetings.scheduling_views import choose_township, township_wanted
from forum.meetings.views import bp
from forum.meetings.yearly import draft_year, meetings_ahead, months_ahead, rule_of, set_rule
from forum.meetings.yearly_forms import DraftsForm, RuleForm, drafts_form
from forum.units.models import Unit


@bp.route("/meetings/year", methods=["GET", "POST"])
def year() -> ResponseReturnValue:
    """The rule of a township, and its next twelve months."""
    township = township_wanted()
    if township is None:
        return choose_township("meetings.year")
    require(can_schedule_in(me(), township))
    form = RuleForm(about=f"year-{township.id}", rule=rule_of(township.id))
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                set_rule(me(), township, form.rule())
                done.record(_to_year(township))
        db.session.commit()
        flash(_("记下了。下面是往后十二个月的日子，看一看，再一起排成草稿。"), "good")
        return redirect(done.url, 303)
    return _page(township, form, None), 422 if form.errors else 200


@bp.post("/meetings/year/drafts")
def draft_months() -> ResponseReturnValue:
    """Drafts for all months that have no meeting yet."""
    township = township_wanted()
    if township is None:
        return choose_township("meetings.year")
    require(can_schedule_in(me(), township))
    rule = rule_of(township.id)
    if rule is None:
        flash(_("先定下每月哪天开，再排草稿。"), "warn")
        return redirect(_to_year(township), 303)
    form = _drafts_form(township)
    if form.validate():
        with form.once() as done:
            if not done:
                made = draft_year(me(), township, rule, form.days())
                done.record(_to_year(township))
                flash(
                    ngettext("排了 %(num)s 期草稿，主题待定。", "排了 %(num)s 期草稿，主题待定。", len(made)),
                    "good",
                )
        db.session.commit()
        return redirect(done.url, 303)
    beside = RuleForm(formdata=None, about=f"year-{township.id}")
    beside.show(rule)
    beside.refresh_token()
    return _page(township, beside, form), 422


def _drafts_form(township: Unit, *, is_sent: bool = True) -> DraftsForm:
    rule, taken = rule_of(township.id), meetings_ahead(township.id)
    days = {m: rule.day_in(m) for m in months_ahead() if m not in taken} if rule else {}
    days = {month: day for month, day in days.items() if day >= today()}
    return drafts_form(f"drafts-{township.id}", days, request.form if is_sent else None)


def _page(township: Unit, form: RuleForm, drafts: DraftsForm | None) -> str:
    rule, taken = rule_of(township.id), meetings_ahead(township.id)
    months: list[dict[str, Any]] = [{"month": month, "meeting": taken.get(month)} for month in months_ahead()]
    if drafts is None and rule is not None:
        drafts = _drafts_form(township, is_sent=False)
    return render_template("meetings/year.html", township=township, form=form, rule=rule, months=months, drafts=drafts)


def _to_year(township: Unit) -> str:
    return url_for(".year", township=township.id)
