"""Sending and showing pictures, sending and handing out office files."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from forum.access import accepts, for_former, me, one_or_404, require
from forum.logs import log
from forum.media import documents, jobs, pictures  # noqa: F401
from forum.media.documents import MIMETYPES
from forum.media.models import Document, Picture
from forum.media.policies import can_upload, visible_documents, visible_pictures
from forum.media.queries import DocumentRow, PictureRow
from forum.media.refusals import Refused
from forum.media.store import DOCUMENTS, FIRST_PAGE, FULL, KEY, PICTURES, THUMB, Store
from forum.media.uploads import NoRoom, TooManyWaiting, keep_document_upload, keep_upload

bp = Blueprint("media", __name__)

SANDBOX = "default-src 'none'; sandbox"


@bp.post("/pictures")
@accepts(16)
def upload() -> ResponseReturnValue:
    """Store one picture as the sender's own, ahead of the form it belongs to. Sent twice it is stored twice; unused ones go after a day."""

    def keep(file: FileStorage) -> ResponseReturnValue:
        row = PictureRow(keep_upload(me(), file))
        return jsonify(id=row.id, thumb_url=row.thumb_url), 201

    return _answer(keep)


@bp.post("/documents")
@accepts(21)
def upload_document() -> ResponseReturnValue:
    """Store one office file as the sender's own, in the same way."""

    def keep(file: FileStorage) -> ResponseReturnValue:
        kept = keep_document_upload(me(), file)
        row = DocumentRow(kept.key, kept.kind, kept.name, kept.size)
        return jsonify(id=row.id, label=row.label), 201

    return _answer(keep)


def _answer(keep: Callable[[FileStorage], ResponseReturnValue]) -> ResponseReturnValue:
    """Keep the file that was sent, or say why not in words: a script shows them."""
    require(can_upload(me()))
    if (file := request.files.get("file")) is None:
        abort(400)
    try:
        return keep(file)
    except TooManyWaiting as refused:
        return jsonify(error=str(refused.message)), 429, {"Retry-After": str(refused.retry_after)}
    except NoRoom as refused:
        return jsonify(error=str(refused.message)), 507
    except Refused as refused:
        return jsonify(error=str(refused.message)), 422


@bp.errorhandler(413)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The script that sends files understands words, not pages."""
    of = documents if request.endpoint == "media.upload_document" else pictures
    return jsonify(error=str(of.TOO_HEAVY)), 413


@bp.get("/pictures/<key>")
@for_former
def picture(key: str) -> Response:
    """The full picture."""
    return _send_picture(key, FULL)


@bp.get("/pictures/<key>/thumb")
@for_former
def thumb(key: str) -> Response:
    """The thumbnail."""
    return _send_picture(key, THUMB)


@bp.get("/documents/<key>")
@for_former
def document(key: str) -> Response:
    """An office file, to be kept: no browser opens it as a page of ours, and no cache holds it."""
    found: Document = one_or_404(visible_documents(me()).where(Document.key == _known(key)))
    try:
        response = send_file(
            DOCUMENTS.path_of(found.key),
            MIMETYPES[found.kind],
            as_attachment=True,
            download_name=found.name,
            etag=found.key,
        )
    except FileNotFoundError:
        log.error("file is missing", document=found.id)
        abort(404)
    del response.headers["Cache-Control"]
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.get("/documents/<key>/page")
@for_former
def first_page(key: str) -> Response:
    """The picture of a document's first page."""
    found: Document = one_or_404(visible_documents(me()).where(Document.key == _known(key), Document.page_width > 0))
    return _send_image(DOCUMENTS, found, FIRST_PAGE, f"page-{found.key[:8]}.jpg")


def _send_picture(key: str, suffix: str) -> Response:
    found: Picture = one_or_404(visible_pictures(me()).where(Picture.key == _known(key)))
    return _send_image(PICTURES, found, suffix, f"photo-{found.key[:8]}.jpg")


def _known(key: str) -> str:
    if not KEY.fullmatch(key):
        abort(404)
    return key


def _send_image(store: Store, found: Picture | Document, suffix: str, name: str) -> Response:
    try:
        response = send_file(
            store.path_of(found.key, suffix), mimetype="image/jpeg", download_name=name, etag=f"{found.key}{suffix}"
        )
    except FileNotFoundError:
        log.error("picture file is missing", of=found.__tablename__, id=found.id)
        abort(404)
    # Kept by the browser, but asked for anew every time: a post that was hidden takes its pictures along at once.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
