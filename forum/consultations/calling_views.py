"""Calling people to help, and answering a call that one cannot follow."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.clock import today
from forum.consultations.actions import hold
from forum.consultations.calling import (
    MOST_CALLED,
    AnsweredAlready,
    CalledAlready,
    TooMany,
    call_more,
    call_panel,
    decline,
    take_off,
)
from forum.consultations.calling_forms import LONGEST_FIND, USUAL, CallForm, DeclineForm
from forum.consultations.members import MOST_OFFERED, panel_in, people_to_call
from forum.consultations.models import Consultation, Invitation
from forum.consultations.policies import can_call, can_decline, visible_invitations, visible_panels
from forum.consultations.views import bp
from forum.extensions import db
from forum.paging import id_from
from forum.threads.models import Thread
from forum.threads.narrowing import narrow_to_panel
from forum.threads.policies import can_narrow_to_panel, visible_threads


@bp.route("/threads/<int:thread_id>/panel", methods=["GET", "POST"])
def call(thread_id: int) -> ResponseReturnValue:
    """Ask people by name to answer by a day; add some, or put off the day, once that was done."""
    thread: Thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    require(can_call(me(), thread))
    panel = panel_in(thread)
    form = _form(thread, panel)
    if not form.is_submitted():
        _prefill(form, thread, panel)
    elif request.form.get("as") != "find":
        people = _offer(form, thread, None)
        if form.validate():
            try:
                with form.once() as done:
                    if not done:
                        hold(thread)
                        require(can_call(me(), thread))  # it may have been concluded in the meantime
                        _call(form, thread, panel, people)
                        done.record(_to_panel(thread_id))
                db.session.commit()
            except CalledAlready:
                return _called_meanwhile(thread_id)
            except TooMany:
                return _too_many(thread_id)
            flash(_("请好了，请到的人会在消息里看到。"), "good")
            return redirect(done.url, 303)
    return _call_page(form, thread, panel), 422 if form.errors else 200


@bp.post("/panels/<int:panel_id>/off")
def off(panel_id: int) -> ResponseReturnValue:
    """Take back the call of somebody who has not answered. Idempotent: who is not on the panel is not on it."""
    panel: Consultation = one_or_404(visible_panels(me()).where(Consultation.id == panel_id))
    require(can_call(me(), panel.thread) and panel.closed_at is None)
    person_id = id_from(request.form.get("person")) or 0
    invitation = db.session.scalars(
        visible_invitations(me()).where(Invitation.consultation_id == panel_id, Invitation.person_id == person_id)
    ).one_or_none()
    try:
        if invitation is not None:
            take_off(me(), invitation)
        db.session.commit()
    except AnsweredAlready:
        db.session.rollback()
        flash(_("他刚才已经答了，就不撤了。"), "info")
    return redirect(_to_panel(panel.thread_id), 303)


@bp.route("/invitations/<int:invitation_id>/decline", methods=["GET", "POST"], endpoint="decline")
def cannot(invitation_id: int) -> ResponseReturnValue:
    """Say with a word that one cannot answer."""
    invitation: Invitation = one_or_404(visible_invitations(me()).where(Invitation.id == invitation_id))
    require(can_decline(me(), invitation))
    thread = invitation.consultation.thread
    form = DeclineForm(about=invitation_id)
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    decline(me(), invitation, form.note.data)
                    done.record(_to_panel(thread.id))
            db.session.commit()
        except AnsweredAlready:
            db.session.rollback()
            flash(_("您已经答过了，谢谢。"), "info")
            return redirect(_to_panel(thread.id), 303)
        flash(_("说到了。以后想起来，照样可以来答。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.note.data = invitation.decline_note
    page = render_template("consultations/decline.html", form=form, thread=thread, panel=invitation.consultation)
    return page, 422 if form.errors else 200


def _form(thread: Thread, panel: Consultation | None) -> CallForm:
    due = panel.due if panel else today() + USUAL
    note = panel.note if panel else ""
    may_narrow = can_narrow_to_panel(me(), thread)
    return CallForm(about=thread.id, is_new=panel is None, may_narrow=may_narrow, due=due, note=note)


def _prefill(form: CallForm, thread: Thread, panel: Consultation | None) -> None:
    """From the address: ``invite`` names people or, as ``same``, all who have the same problem; ``find`` looks for some."""
    form.find.data = request.args.get("find", "")[:LONGEST_FIND]
    invited = request.args.getlist("invite")
    form.people.data = [ident for ident in map(id_from, invited[:MOST_CALLED]) if ident]
    if "same" in invited:
        rows = people_to_call(thread, with_same=True, panel_id=panel.id if panel else None)
        form.people.data += [row.id for row in rows][:MOST_CALLED]


def _offer(form: CallForm, thread: Thread, panel_id: int | None) -> list[Any]:
    people = list(
        people_to_call(thread, words=(form.find.data or "")[:LONGEST_FIND], chosen=form.chosen, panel_id=panel_id)
    )
    form.offer(people)
    return people


def _call(form: CallForm, thread: Thread, panel: Consultation | None, people: list[Any]) -> None:
    chosen = [person for person in people if person.id in set(form.people.data)]
    if form.is_narrowing:
        narrow_to_panel(me(), thread)
    if panel is None:
        call_panel(me(), thread, chosen, form.due.data, form.note.data or "")
    else:
        call_more(me(), panel, chosen, form.due.data, form.note.data or "")


def _call_page(form: CallForm, thread: Thread, panel: Consultation | None) -> str:
    people = _offer(form, thread, panel.id if panel else None)
    hints = {
        person.id: " · ".join(
            part
            for part in (person.title, person.township_name, _("他们村也有这事") if person.has_same else "")
            if part
        )
        for person in people
    }
    return render_template(
        "consultations/call.html",
        form=form,
        thread=thread,
        panel=panel,
        hints=hints,
        is_cut=len(people) > MOST_OFFERED,
        with_same=any(person.has_same for person in people),
    )


def _called_meanwhile(thread_id: int) -> ResponseReturnValue:
    """Somebody else called first: his panel is shown, and those chosen here can be added to it."""
    db.session.rollback()
    thread: Thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    panel = panel_in(thread)
    form = _form(thread, panel)
    form.refresh_token()
    flash(_("刚才已经有人请过了。您挑的人还勾着，再点一次就添上。"), "info")
    return _call_page(form, thread, panel), 409


def _too_many(thread_id: int) -> ResponseReturnValue:
    """With those on it already they would be a crowd: what was chosen and typed stays."""
    db.session.rollback()
    thread: Thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    panel = panel_in(thread)
    form = _form(thread, panel)
    form.refresh_token()
    form.people.errors = [_("一次最多请 %(most)s 位，再多就开会商量吧。", most=MOST_CALLED)]
    return _call_page(form, thread, panel), 422


def _to_panel(thread_id: int) -> str:
    return url_for("threads.show", thread_id=thread_id, _anchor="panel")
