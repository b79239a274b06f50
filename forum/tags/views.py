"""Tags suggested while one writes."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from forum.extensions import reading
from forum.tags.queries import suggest

bp = Blueprint("tags", __name__)


@bp.post("/tags/suggest")
def suggest_tags() -> ResponseReturnValue:
    """The tags that fit the text typed so far; reads only."""
    with reading():  # whoever types must not wait for whoever writes
        tags = suggest(request.form.get("text", "")[:20_000])
    return jsonify(tags=tags)
