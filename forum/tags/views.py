"""All tags, a tag's own page, and tags suggested while one writes."""

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.access import me
from forum.extensions import reading
from forum.paging import id_from
from forum.tags import moving  # noqa: F401 - registers its work
from forum.tags.panels import PARTS, Sight
from forum.tags.policies import can_keep_tags, can_teach_words
from forum.tags.queries import merge_rows, retired_tags, shown_name, suggest, tag_groups, tag_page
from forum.units.queries import townships_of

bp = Blueprint("tags", __name__)


@bp.get("/tags/")
def index() -> ResponseReturnValue:
    """All tags in their groups; for who keeps them also what was retired and merged."""
    keeps = can_keep_tags(me())
    return render_template(
        "tags/index.html",
        groups=tag_groups(),
        retired=retired_tags() if keeps else (),
        merges=merge_rows() if keeps else (),
        shown_name=shown_name,
        may_teach=can_teach_words(me()),
    )


@bp.get("/tags/<code>")
def show(code: str) -> ResponseReturnValue:
    """What is asked and known under a tag, as far as the reader may see it; in one township if he chooses."""
    page = tag_page(code)
    if page is None:
        abort(404)
    townships = townships_of(me())
    township_id = id_from(request.args.get("unit"))
    if page.successor:
        return redirect(url_for(".show", code=page.successor, unit=township_id), 303)
    chosen = next((place.id for place in townships if place.id == township_id), None)
    sight = Sight(me(), code, page.ids, chosen)
    parts = [part for make in PARTS if (part := make(sight)).template]
    return render_template(
        "tags/show.html",
        page=page,
        parts=parts,
        townships=townships,
        township_id=chosen,
        may_teach=can_teach_words(me()),
    )


@bp.post("/tags/suggest")
def suggest_tags() -> ResponseReturnValue:
    """The tags that fit the text typed so far; reads only."""
    with reading():  # whoever types must not wait for whoever writes
        tags = suggest(request.form.get("text", "")[:20_000])
    return jsonify(tags=tags)
