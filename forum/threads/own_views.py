"""What one wrote oneself: to read, to correct, to keep; open to former secretaries too."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from forum.access import for_former, me
from forum.extensions import db
from forum.paging import keyset_page
from forum.threads.models import Post
from forum.threads.queries import posts_written_by
from forum.threads.views import bp


@bp.get("/me/writing")
@for_former
def writing() -> ResponseReturnValue:
    """Everything one wrote, open to former secretaries too."""
    page = keyset_page(posts_written_by(me()), Post.created_at, Post.id, request.args.get("at"))
    return render_template("threads/writing.html", page=page)


@bp.get("/me/writing/export")
@for_former
def export() -> ResponseReturnValue:
    """Everything one wrote, as one page to keep."""
    rows = db.session.execute(posts_written_by(me()).order_by(Post.created_at, Post.id)).all()
    response = make_response(render_template("threads/export.html", rows=rows))
    response.headers["Content-Disposition"] = "attachment; filename=writing.html"
    return response
