"""我写的都带走: everything that one wrote, as one file; open to former secretaries too."""

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import for_former, me
from forum.clock import today
from forum.downloads import safe_name
from forum.extensions import db, reading
from forum.takeout.actions import AlreadyMaking, make_takeout, note_takeout
from forum.takeout.forms import TakeoutForm

bp = Blueprint("takeout", __name__)


@bp.get("/me/export")
@for_former
def index() -> ResponseReturnValue:
    """What will be in the file, and the button."""
    return render_template("takeout/index.html", form=TakeoutForm())


@bp.post("/me/export")
@for_former
def make() -> ResponseReturnValue:
    """Make the file and hand it over; that it was taken along is written down once."""
    form = TakeoutForm()
    if not form.validate():
        return render_template("takeout/index.html", form=form), 422
    try:
        with reading():  # long work: nobody waits for it
            file = make_takeout(me())
    except AlreadyMaking:
        flash(_("正在打包，一会儿就好，不用再点。"), "info")
        return redirect(url_for(".index"), 303)
    db.session.rollback()
    try:
        with form.once() as done:
            if not done:
                note_takeout(me())
                done.record(url_for(".index"))
        db.session.commit()
    except BaseException:
        file.close()
        raise
    name = _("%(name)s写的 %(day)s", name=me().name, day=today().isoformat())
    answer = send_file(file, "application/zip", as_attachment=True, download_name=safe_name(f"{name}.zip"))
    del answer.headers["Cache-Control"]
    return answer
