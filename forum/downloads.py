"""Files to keep, under a name in any script."""

from io import BytesIO

from flask import Response, send_file


def download(content: bytes, mimetype: str, name: str) -> Response:
    """A file that the browser saves. It was made for one reader: no cache may keep it."""
    answer = send_file(BytesIO(content), mimetype, as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]
    return answer
