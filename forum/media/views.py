"""Sending and showing pictures."""

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from forum.access import accepts, for_former, me, one_or_404, require
from forum.logs import log
from forum.media import jobs, store  # noqa: F401
from forum.media.models import Picture
from forum.media.pictures import TOO_HEAVY, PictureRefused
from forum.media.policies import can_upload, visible_pictures
from forum.media.queries import PictureRow
from forum.media.uploads import NoRoom, TooManyWaiting, keep_upload

bp = Blueprint("media", __name__)


@bp.post("/pictures")
@accepts(16)
def upload() -> ResponseReturnValue:
    """Store one picture as the sender's own, ahead of the form it belongs to. Sent twice it is stored twice; unused ones go after a day."""
    require(can_upload(me()))
    if (file := request.files.get("file")) is None:
        abort(400)
    try:
        row = PictureRow(keep_upload(me(), file))
    except TooManyWaiting as refused:
        return jsonify(error=str(refused.message)), 429, {"Retry-After": str(refused.retry_after)}
    except NoRoom as refused:
        return jsonify(error=str(refused.message)), 507
    except PictureRefused as refused:
        return jsonify(error=str(refused.message)), 422
    return jsonify(id=row.id, thumb_url=row.thumb_url), 201


@bp.errorhandler(413)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The script that sends pictures understands words, not pages."""
    return jsonify(error=str(TOO_HEAVY)), 413


@bp.get("/pictures/<key>")
@for_former
def picture(key: str) -> Response:
    """The full picture."""
    return _send(key, store.FULL)


@bp.get("/pictures/<key>/thumb")
@for_former
def thumb(key: str) -> Response:
    """The thumbnail."""
    return _send(key, store.THUMB)


def _send(key: str, suffix: str) -> Response:
    if not store.KEY.fullmatch(key):
        abort(404)
    found: Picture = one_or_404(visible_pictures(me()).where(Picture.key == key))
    try:
        response = send_file(
            store.path_of(found.key, suffix),
            mimetype="image/jpeg",
            download_name=f"photo-{found.key[:8]}.jpg",
            etag=f"{found.key}{suffix}",
        )
    except FileNotFoundError:
        log.error("picture file is missing", picture=found.id)
        abort(404)
    # Kept by the browser, but asked for anew every time: a post that was hidden takes its pictures along at once.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
