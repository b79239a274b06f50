"""Taking in files: what a view does with them before anything else, so that an error elsewhere in a form never loses them."""

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from forum.extensions import db, reading
from forum.logs import log
from forum.media.actions import keep_picture, seconds_until_next
from forum.media.pictures import MOST_BYTES, PictureRefused, prepare
from forum.media.queries import MOST_IN_A_POST
from forum.units.actors import Actor


class TooManyWaiting(PictureRefused):
    """He has sent too many pictures that no post has taken; ``retry_after`` seconds from now there is room again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(_l("您这一小时传的照片太多了。先把帖子发出去，或者过一会儿再传。"))
        self.retry_after = retry_after


class NoRoom(PictureRefused):
    """The picture could not be written: the disk is full or out of order."""

    def __init__(self) -> None:
        super().__init__(_l("照片暂时存不下，不是您的操作有误。文字可以先发，照片过一会儿再补。"))


def keep_upload(actor: Actor, file: FileStorage) -> str:
    """Check, prepare and store one file as the actor's unattached picture, and commit; return its key.

    Nothing may be written in the request before. Raises PictureRefused, TooManyWaiting or NoRoom, whose messages are for the sender.
    """
    with reading():
        wait = seconds_until_next(actor)
        # Ends the transaction (what was loaded stays usable): nobody waits for a lock while the picture is decoded.
        db.session.commit()
    if wait:
        raise TooManyWaiting(wait)
    prepared = prepare(file.stream.read(MOST_BYTES + 1))
    try:
        picture = keep_picture(actor, prepared)
    except OSError as error:
        log.error("picture not stored", request_id=g.get("request_id"), error=type(error).__name__, errno=error.errno)
        raise NoRoom from error
    db.session.commit()
    return picture.key


def take_uploads(actor: Actor, files: Sequence[FileStorage], most: int = MOST_IN_A_POST) -> tuple[list[str], list[Any]]:
    """Store the files that came with a form, each at once; return the keys of the stored ones and what is wrong with the others.

    A view calls it before it validates, and before it writes anything: it commits.
    """
    keys: list[str] = []
    errors: list[Any] = []
    for number, file in enumerate(files, 1):
        if len(keys) == most:
            errors.append(_("一次最多 %(most)s 张照片，多出来的没有收。", most=MOST_IN_A_POST))
            break
        try:
            keys.append(keep_upload(actor, file))
        except PictureRefused as refused:
            errors.append(
                _("第 %(n)s 张：%(reason)s", n=number, reason=refused.message) if len(files) > 1 else refused.message
            )
            if isinstance(refused, TooManyWaiting | NoRoom):
                break
    return keys, errors
