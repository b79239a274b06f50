"""What one wrote oneself: to read, to correct, to keep; open to former secretaries too."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from forum.access import for_former, me
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
