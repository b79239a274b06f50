"""From the bytes somebody sent to an office file that others may open: PDF, Word, Excel, PPT, as it came, under a plain name.

Nothing is changed in it: what would do harm is refused, with a word on how to do without.
"""

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from forum.downloads import safe_name
from forum.media.models import DocumentKind
from forum.media.office import check_office
from forum.media.pdf import FirstPage, check_pdf
from forum.media.refusals import DocumentRefused
from forum.text import clean

MOST_BYTES = 20 * 1024 * 1024
MIMETYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

TOO_HEAVY = _l("超过 20 兆，收不下。图片多的，请压缩图片后另存一份；或者拆成几个再传。")
_EMPTY = _l("里面是空的。请重新选一次。")
_OTHER = _l("这种文件收不了。能收的有 PDF、Word（docx）、Excel（xlsx）、PPT（pptx）。")
_OLD = {
    "docx": _l("是老格式。请用 WPS 或 Word 打开，点“另存为”，选 docx，再传。"),
    "xlsx": _l("是老格式。请用 WPS 或 Excel 打开，点“另存为”，选 xlsx，再传。"),
    "pptx": _l("是老格式。请用 WPS 或 PPT 打开，点“另存为”，选 pptx，再传。"),
}
_PACKED = _l("是压缩包。请先解压，再传里面的文件。")
_PICTURE = _l("是图片。照片请放到“照片”那一栏。")

# The ending → what is to be said of it.
_WORDS = (
    dict.fromkeys(("doc", "wps", "rtf", "dot"), _OLD["docx"])
    | dict.fromkeys(("xls", "et", "csv"), _OLD["xlsx"])
    | dict.fromkeys(("ppt", "dps", "pps"), _OLD["pptx"])
    | dict.fromkeys(("zip", "rar", "7z"), _PACKED)
    | dict.fromkeys(("jpg", "jpeg", "png", "webp", "heic", "gif", "bmp"), _PICTURE)
)


@dataclass(frozen=True)
class PreparedDocument:
    """An office file that was looked through, with its plain name and, of a PDF, a picture of its first page."""

    kind: DocumentKind
    name: str
    data: bytes
    page: FirstPage | None


def prepare_document(data: bytes, filename: str) -> PreparedDocument:
    """Look through a file. Takes up to some seconds: never to be called within a transaction. Raises DocumentRefused."""
    name = safe_name(re.split(r"[\\/]", clean(filename).strip(" ."))[-1])
    ending = name.rpartition(".")[2].casefold()
    if ending not in MIMETYPES:
        raise DocumentRefused(_WORDS.get(ending, _OTHER))
    if not data:
        raise DocumentRefused(_EMPTY)
    if len(data) > MOST_BYTES:
        raise DocumentRefused(TOO_HEAVY)
    kind, page = DocumentKind(ending), None
    if kind is DocumentKind.PDF:
        page = check_pdf(data)
    else:
        check_office(data, kind)
    return PreparedDocument(kind, name, data, page)
