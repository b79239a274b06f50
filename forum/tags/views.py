"""Tags suggested while one writes."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from forum.tags.queries import suggest

bp = Blueprint("tags", __name__)


@bp.post("/tags/suggest")
def suggest_tags() -> ResponseReturnValue:
    """The tags that fit the text typed so far; reads only."""
    return jsonify(tags=suggest(request.form.get("text", "")[:20_000]))
