"""The inbox."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404
from forum.extensions import db
from forum.notices.actions import read_all, read_item
from forum.notices.kinds import Told, show_notices
from forum.notices.models import InboxItem
from forum.notices.policies import visible_items
from forum.notices.queries import inbox_page
from forum.paging import LARGEST_ID

bp = Blueprint("notices", __name__)


@bp.get("/notices")
def inbox() -> ResponseReturnValue:
    """What this person was told, newest first."""
    page, lines = inbox_page(me(), request.args.get("at"))
    return render_template("notices/inbox.html", page=page, lines=lines)


@bp.post("/notices/<int:item_id>/open", endpoint="open")
def open_item(item_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go where it leads. Idempotent: reading twice is reading."""
    item: InboxItem = one_or_404(visible_items(me()).where(InboxItem.id == item_id))
    told = Told(item.kind, item.subject_id)
    shown = show_notices(me(), [told]).get(told)
    read_item(me(), item)
    db.session.commit()
    if shown is None:
        flash(_("这条消息说的内容，您现在看不到了。"), "info")
    return redirect(shown.url if shown else url_for(".inbox"), 303)


@bp.post("/notices/read")
def mark_all_read() -> ResponseReturnValue:
    """Mark as read what the page showed, and older ones; not what came since. Idempotent."""
    newest = request.form.get("up_to", LARGEST_ID, type=int)
    read_all(me(), max(0, min(newest, LARGEST_ID)))
    db.session.commit()
    return redirect(url_for(".inbox"), 303)
