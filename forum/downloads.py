"""Files to keep, under a name in any script."""

import re
from io import BytesIO

from flask import Response, send_file

LONGEST_NAME = 60  # characters: three bytes each, and file systems take 255
# What a file system or a header does not take, and what is not seen: it turns the reading round, or hides what follows.
_NOT_IN_A_NAME = re.compile(
    r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]'
)


def download(content: bytes, mimetype: str, name: str) -> Response:
    """A file that the browser saves, its name made safe. It was made for one reader: no cache may keep it."""
    answer = send_file(BytesIO(content), mimetype, as_attachment=True, download_name=safe_name(name))
    del answer.headers["Cache-Control"]
    return answer


def safe_name(name: str) -> str:
    """A file's name as any computer takes it, with its ending; 1 where nothing is left of it."""
    stem, _dot, ending = name.rpartition(".")
    return f"{_NOT_IN_A_NAME.sub(' ', stem)[:LONGEST_NAME].strip(' .') or '1'}.{ending}"
