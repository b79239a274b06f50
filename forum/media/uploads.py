"""Taking in files: what a view does with them before anything else, so that an error elsewhere in a form never loses them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from forum.extensions import db, reading
from forum.logs import log
from forum.media import documents
from forum.media.actions import Attached, keep_document, keep_picture, seconds_until_next
from forum.media.documents import prepare_document
from forum.media.models import Document, Picture
from forum.media.pictures import MOST_BYTES, prepare
from forum.media.queries import MOST_DOCUMENTS, MOST_IN_A_POST
from forum.media.refusals import Refused
from forum.text import clean
from forum.units.actors import Actor

Kept = TypeVar("Kept", Picture, Document)


class TooManyWaiting(Refused):
    """He has sent too many files that no post has taken; ``retry_after`` seconds from now there is room again."""

    def __init__(self, message: Any, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NoRoom(Refused):
    """The file could not be written: the disk is full or out of order."""


def keep_upload(actor: Actor, file: FileStorage) -> str:
    """Check, prepare and store one file as the actor's unattached picture, and commit; return its key.

    Nothing may be written in the request before. Raises PictureRefused, TooManyWaiting or NoRoom, whose messages are for the sender.
    """
    _wait(actor, Picture, _l("您这一小时传的照片太多了。先把帖子发出去，或者过一会儿再传。"))
    prepared = prepare(file.stream.read(MOST_BYTES + 1))
    no_room = _l("照片暂时存不下，不是您的操作有误。文字可以先发，照片过一会儿再补。")
    return _kept(lambda: keep_picture(actor, prepared), no_room).key


def keep_document_upload(actor: Actor, file: FileStorage) -> Document:
    """Look through one office file and store it as the actor's unattached one, and commit.

    Nothing may be written in the request before. Raises DocumentRefused, TooManyWaiting or NoRoom, whose messages are for the sender.
    """
    _wait(actor, Document, _l("您这一小时传的文件太多了。先把帖子发出去，或者过一会儿再传。"))
    prepared = prepare_document(file.stream.read(documents.MOST_BYTES + 1), file.filename or "")
    no_room = _l("暂时存不下，不是您的操作有误。文字可以先发，文件过一会儿再补。")
    return _kept(lambda: keep_document(actor, prepared), no_room)


def take_uploads(actor: Actor, files: Sequence[FileStorage], most: int = MOST_IN_A_POST) -> tuple[list[str], list[Any]]:
    """Store the files that came with a form, each at once; return the keys of the stored ones and what is wrong with the others.

    A view calls it before it validates, and before it writes anything: it commits.
    """
    too_many = _("一次最多 %(most)s 张照片，多出来的没有收。", most=MOST_IN_A_POST)

    def said(number: int, reason: Any) -> Any:
        return _("第 %(n)s 张：%(reason)s", n=number, reason=reason) if len(files) > 1 else reason

    return _take(files, most, lambda file: keep_upload(actor, file), said, too_many)


def take_documents(
    actor: Actor, files: Sequence[FileStorage], most: int = MOST_DOCUMENTS
) -> tuple[list[str], list[Any]]:
    """The same of office files; what is wrong with one says which by its name."""
    too_many = _("一次最多 %(most)s 个文件，多出来的没有收。", most=MOST_DOCUMENTS)

    def said(number: int, reason: Any) -> Any:
        return _("“%(name)s”%(reason)s", name=clean(files[number - 1].filename or "")[:80], reason=reason)

    return _take(files, most, lambda file: keep_document_upload(actor, file).key, said, too_many)


def _take(
    files: Sequence[FileStorage],
    most: int,
    keep: Callable[[FileStorage], str],
    said: Callable[[int, Any], Any],
    too_many: str,
) -> tuple[list[str], list[Any]]:
    keys: list[str] = []
    errors: list[Any] = []
    for number, file in enumerate(files, 1):
        if len(keys) == most:
            errors.append(too_many)
            break
        try:
            keys.append(keep(file))
        except Refused as refused:
            errors.append(said(number, refused.message))
            if isinstance(refused, TooManyWaiting | NoRoom):
                break
    return keys, errors


def _wait(actor: Actor, model: type[Attached], message: Any) -> None:
    with reading():
        wait = seconds_until_next(actor, model)
        # Ends the transaction (what was loaded stays usable): nobody waits for a lock while a picture is decoded.
        db.session.commit()
    if wait:
        raise TooManyWaiting(message, wait)


def _kept(keep: Callable[[], Kept], message: Any) -> Kept:
    try:
        kept = keep()
    except OSError as error:
        log.error("file not stored", request_id=g.get("request_id"), error=type(error).__name__, errno=error.errno)
        raise NoRoom(message) from error
    db.session.commit()
    return kept
