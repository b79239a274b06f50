"""What this room holds of a person: the pictures and office files that he sent."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import literal

from forum.belongings import files_belong
from forum.media.models import Document, Picture
from forum.media.store import DOCUMENTS, PICTURES

files_belong(
    "pictures",
    _l("我发的照片"),
    Picture.owner_id,
    Picture.key,
    literal("").label("name"),
    Picture.post_id,
    path_of=PICTURES.path_of,
)
files_belong(
    "files",
    _l("我发的文件"),
    Document.owner_id,
    Document.key,
    Document.name,
    Document.post_id,
    path_of=DOCUMENTS.path_of,
)
