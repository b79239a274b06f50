"""Forms that carry pictures and office files."""

from collections.abc import Iterator, Sequence
from hashlib import file_digest
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import MultipleFileField
from wtforms import Field, ValidationError

from forum.errors import also_typed
from forum.extensions import db, reading
from forum.forms import WritingForm
from forum.media.queries import MOST_DOCUMENTS, MOST_IN_A_POST, DocumentRow, PictureRow, waiting_documents
from forum.media.store import KEY
from forum.media.uploads import take_documents, take_uploads
from forum.once import digest_of
from forum.units.actors import Actor


class KeysField(Field):
    """The keys of pictures stored before, sent as hidden fields or ticked boxes of one name; what is no key is passed over."""

    data: list[str]

    def process_data(self, value: Any) -> None:
        """Start from the keys given, or none."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent, each once."""
        if self.raw_data is not None:
            self.data = list(dict.fromkeys(key for key in valuelist if KEY.fullmatch(key)))


class PictureForm(WritingForm):
    """A writing form with up to nine pictures.

    With script they were sent to ``/pictures`` beforehand and come as keys; without, they come as files of the form itself. The view::

        form = ReplyForm(about=thread.id)
        form.take_uploads(me())
        if not form.validate(): …                       # a 422 page shows the pictures again: picture_field(form)
        attach(post.id, own_unattached(me(), form.pictures.data))
    """

    # Named so, phones turn their HEIC photos into JPEG before they send them.
    photos = MultipleFileField(
        _l("照片"),
        description=_l("最多 9 张，每张 15 兆以内。身份证、银行卡、病历不要拍上来。"),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    pictures = KeysField()

    def take_uploads(self, actor: Actor) -> None:
        """Store the files that came with the form and commit; to be called before ``validate``, and before anything is written."""
        room = max(0, MOST_IN_A_POST - len(self.pictures.data))
        keys, errors = take_uploads(actor, self.photos.data or [], room)
        self.pictures.data += keys
        also_typed(self.pictures.name, keys)
        self.photos.process_errors = errors

    def validate_photos(self, field: MultipleFileField) -> None:
        """Refuse more pictures than a post holds."""
        if len(self.pictures.data) > MOST_IN_A_POST:
            raise ValidationError(_l("一次最多 9 张照片，请去掉几张。"))

    @property
    def kept_pictures(self) -> list[PictureRow]:
        """The pictures already stored, for the page to show beside the field."""
        return [PictureRow(key) for key in self.pictures.data]

    def digest(self) -> str:
        """The digest of the fields and of the files: other photos under the same text are another post."""
        return digest_of([("fields", super().digest()), *_digests("photo", self.photos)])


class AttachmentForm(PictureForm):
    """A writing form with up to nine pictures and up to five office files, which come in the same two ways.

    The view calls ``take_uploads`` as above, and hands ``own_unattached_documents(me(), form.documents.data)`` on to what writes the post.
    """

    # Nothing is said of what it accepts: browsers inside other apps then offer only the camera, and the server says what is wrong.
    files = MultipleFileField(
        _l("文件"),
        description=_l("最多 5 个，每个 20 兆以内。看得到帖子的人都能下载，有身份证号、银行卡号的不要传。"),
    )
    documents = KeysField()
    kept_documents: Sequence[DocumentRow] = ()  # those already stored, for the page to show beside the field

    def take_uploads(self, actor: Actor) -> None:
        """Store the pictures and files that came with the form and commit; say so of files that waited too long and are gone."""
        super().take_uploads(actor)
        room = max(0, MOST_DOCUMENTS - len(self.documents.data))
        keys, errors = take_documents(actor, self.files.data or [], room)
        also_typed(self.documents.name, keys)
        self.documents.data += keys
        with reading():
            self.kept_documents = waiting_documents(actor, self.documents.data)
            db.session.commit()
        gone = len(self.documents.data) - len(self.kept_documents)
        if gone:
            errors.append(
                ngettext(
                    "有 %(num)s 个文件放得太久，已经不在了，请重新选。",
                    "有 %(num)s 个文件放得太久，已经不在了，请重新选。",
                    gone,
                )
            )
            self.documents.data = [row.id for row in self.kept_documents]
        self.files.process_errors = errors

    def validate_files(self, field: MultipleFileField) -> None:
        """Refuse more files than a post holds."""
        if len(self.documents.data) > MOST_DOCUMENTS:
            raise ValidationError(_l("一次最多 5 个文件，请去掉几个。"))

    def digest(self) -> str:
        """The digest of the fields, the pictures and the files."""
        return digest_of([("fields", super().digest()), *_digests("file", self.files)])


def _digests(name: str, field: MultipleFileField) -> Iterator[tuple[str, str]]:
    for file in field.data or []:
        file.stream.seek(0)
        yield name, file_digest(file.stream, "sha256").hexdigest()
