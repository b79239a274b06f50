"""Whether a PDF is sound and does nothing by itself, and what its first page looks like; found out in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from flask_babel import lazy_gettext as _l
from PIL import Image

from forum.media.refusals import BROKEN, LOCKED, DocumentRefused

_CHILD = Path(__file__).with_name("pdf_child.py")
_LONGEST = 15  # seconds, on a machine that does other things as well
_WORDS = {
    "broken": BROKEN,
    "locked": LOCKED,
    "acts": _l("里面有会自己运行的东西，别人打开不安全。请打开它，选“打印”，打印成 PDF 再传。"),
    "carries": _l("里面夹着别的文件，打开不安全。请打开它，选“打印”，打印成 PDF 再传；夹着的可以单独传。"),
}
_TOO_MUCH = _l("内容太多太复杂，看不过来。请打开它，选“打印”，打印成 PDF 再传；还不行，就拆成几个。")

# Each takes some hundred megabytes at worst: one at a time, the others of this process wait.
_looking = BoundedSemaphore(1)


@dataclass(frozen=True)
class FirstPage:
    """A picture of a document's first page, as a JPEG with its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def check_pdf(data: bytes) -> FirstPage | None:
    """The first page, None where it cannot be drawn within a second. Never to be called within a transaction.

    Raises DocumentRefused for what is no sound and harmless PDF.
    """
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise DocumentRefused(BROKEN)
    with _looking:
        try:
            # Without the environment: whatever a crafted file gets hold of there, it is not the forum's key.
            said = subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-W", "ignore", str(_CHILD)],
                input=data,
                capture_output=True,
                timeout=_LONGEST,
                check=False,
                env={},
            ).stdout
        except subprocess.TimeoutExpired:
            said = b""
    word, end, jpeg = said.partition(b"\n")
    if not end:
        raise DocumentRefused(_TOO_MUCH)
    if word != b"fine":
        raise DocumentRefused(_WORDS[word.decode()])
    return _page(jpeg)


def _page(jpeg: bytes) -> FirstPage | None:
    if not jpeg:
        return None
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
        return FirstPage(jpeg, *image.size)
