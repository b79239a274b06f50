"""How one wants to be told, and the mail address."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, public
from forum.extensions import db
from forum.notices.forms import MailForm, WishesForm
from forum.notices.mail.addresses import (
    AskedJustNow,
    confirm,
    confirming,
    give_up_address,
    stop,
    stopping,
    want_address,
)
from forum.notices.mail.letters import sends_mail
from forum.notices.mail.models import MailAddress
from forum.notices.views import bp
from forum.notices.wishes import keep_wishes, wishes_of


@bp.route("/me/notices", methods=["GET", "POST"])
def wishes() -> ResponseReturnValue:
    """What is told to me, and how."""
    mail = db.session.get(MailAddress, me().id) if sends_mail() else None
    before = wishes_of(me().id)
    form = WishesForm(before, has_mail=mail is not None and mail.address is not None)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                keep_wishes(me(), form.wishes(before))
                done.record(url_for(".wishes"))
        db.session.commit()
        flash(_("记下了，以后就这样告诉您。"), "good")
        return redirect(done.url, 303)
    status = 422 if form.errors else 200
    return render_template("notices/wishes.html", form=form, mail=mail, sends_mail=sends_mail()), status


@bp.route("/me/mail", methods=["GET", "POST"])
def mail() -> ResponseReturnValue:
    """Name an address for my letters, or another one."""
    _only_where_mail_is_sent()
    form = MailForm()
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    want_address(me(), form.address.data or "")
                    done.record(url_for(".wishes"))
        except AskedJustNow:
            db.session.rollback()
            form.refresh_token()
            form.form_errors.append(_("刚刚发过一封，请先看看收件箱和垃圾邮件；没有的话，过两分钟再发。"))
        else:
            db.session.commit()
            flash(_("信马上发出。请打开信里的链接，点一下“是我的邮箱”。"), "good")
            return redirect(done.url, 303)
    return render_template("notices/mail.html", form=form), 422 if form.errors else 200


@bp.post("/me/mail/remove")
def remove_mail() -> ResponseReturnValue:
    """Send me no more letters. Idempotent."""
    _only_where_mail_is_sent()
    give_up_address(me())
    db.session.commit()
    flash(_("邮箱拿掉了，以后不往它发。"), "good")
    return redirect(url_for(".wishes"), 303)


@bp.get("/mail/confirm/<token>")
@public
def confirm_mail(token: str) -> ResponseReturnValue:
    """Where the link in a letter leads. Opening it uses nothing: mail programs open links by themselves."""
    asked = confirming(token)
    return render_template("notices/mail_link.html", asked=asked, is_stop=False), 200 if asked else 404


@bp.post("/mail/confirm/<token>", endpoint="confirm_mail_now")
@public
def confirm_now(token: str) -> ResponseReturnValue:
    """It is my address."""
    asked = confirm(token)
    db.session.commit()
    if asked is None:
        return render_template("notices/mail_link.html", asked=None, is_stop=False), 404
    flash(_("邮箱 %(address)s 可以用了。", address=asked.address), "good")
    return redirect(url_for(".wishes"), 303)


@bp.get("/mail/stop/<token>")
@public
def stop_mail(token: str) -> ResponseReturnValue:
    """Where the last link of every letter leads."""
    asked = stopping(token)
    return render_template("notices/mail_link.html", asked=asked, is_stop=True), 200 if asked else 404


@bp.post("/mail/stop/<token>", endpoint="stop_mail_now")
@public
def stop_now(token: str) -> ResponseReturnValue:
    """No more letters, please. Idempotent; works signed out."""
    asked = stopping(token)
    if asked is None:
        abort(404)
    stop(asked)
    db.session.commit()
    return render_template("notices/mail_link.html", asked=asked, is_stop=True, is_stopped=True)


def _only_where_mail_is_sent() -> None:
    if not sends_mail():
        abort(404)
