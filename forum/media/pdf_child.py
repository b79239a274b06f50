"""Looks into a PDF in a process of its own, which may hang, swell or crash as it likes: it ends within its bounds and harms nobody.

``python pdf_child.py < a.pdf`` writes one of the words below and a line end; after ``fine`` also the first page as a JPEG, if that can be
drawn soon enough. It knows nothing of the forum, so that it starts in a fraction of a second.
"""

import re
import resource
import signal
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
from pypdfium2 import raw

FINE, BROKEN, LOCKED, ACTS, CARRIES = "fine", "broken", "locked", "acts", "carries"

SECONDS = 2  # of computing, all in all
SECONDS_TO_DRAW = 1
MEMORY = 144 * 1024 * 1024
PAGE_WIDTH, PAGE_HEIGHT = 480, 680

# What acts by itself, or leads the reader's tap out of the file into his computer; and what has other files in it.
_ACTS = {b"/JavaScript", b"/JS", b"/AA", b"/XFA", b"/Launch", b"/SubmitForm", b"/ImportData", b"/Rendition", b"/GoToE"}
_CARRIES = {b"/EmbeddedFile", b"/EmbeddedFiles", b"/RichMedia"}
_OPENS = b"/OpenAction"

_ALARM = re.compile(b"|".join(sorted({*_ACTS, *_CARRIES, _OPENS}, reverse=True)))
_BETWEEN = re.compile(rb"(?:[\x00\s]|%[^\r\n]*)*")
_TOKEN = re.compile(
    rb"\d+ \d+ R|\((?:[^()\\]|\\.)*\)|<<|>>|<[0-9A-Fa-f\s]*>|\[|\]|/[^\x00\s()<>\[\]{}/%]*|stream\r\n|[^\x00\s()<>\[\]{}/%]+",
    re.DOTALL,
)


def verdict(data: bytes) -> str:
    """What there is to be said against a PDF."""
    try:
        pdf = pypdfium2.PdfDocument(data)
        pages = len(pdf)
    except pypdfium2.PdfiumError as error:
        return LOCKED if error.err_code == raw.FPDF_ERR_PASSWORD else BROKEN
    if raw.FPDF_GetSecurityHandlerRevision(pdf) != -1:
        return LOCKED
    if not pages:
        return BROKEN
    # Written out anew by the library, nothing of it is packed or disguised any more, or read differently by two readers.
    plain = BytesIO()
    pdf.save(plain)
    pdf.close()
    written = plain.getbuffer()
    return look_through(written) if _ALARM.search(written) else FINE


def look_through(written: bytes | memoryview) -> str:
    """What the objects say of a file that the library has written; what does not read as such is broken."""
    names: set[bytes] = set()
    openings: list[Any] = []
    jumps: set[bytes] = set()
    try:
        for number, thing in Reading(written).objects():
            names.update(names_in(thing))
            if is_jump(thing):
                jumps.add(number)
            if isinstance(thing, dict) and _OPENS in thing:
                openings.append(thing[_OPENS])
    except (ValueError, RecursionError):
        return BROKEN
    if names & _ACTS or any(deed not in jumps if isinstance(deed, bytes) else not is_jump(deed) for deed in openings):
        return ACTS
    return CARRIES if names & _CARRIES else FINE


class Unreadable(ValueError):
    """These bytes were not written by the library, or it has changed its ways."""


class Reading:
    """The objects of a file, one after the other: dictionaries, lists, and tokens as they stand."""

    def __init__(self, data: bytes | memoryview) -> None:
        self.data, self.at = data, 0

    def objects(self) -> Iterator[tuple[bytes, Any]]:
        """Each object under the words that refer to it; of a stream its dictionary, its content is passed over."""
        while (number := self.token()) != b"xref":
            generation = self.token()
            self.expect(b"obj")
            thing = self.value()
            after = self.token()
            if after == b"stream\r\n" and isinstance(thing, dict):
                self.at += int(thing.get(b"/Length", b""))
                self.expect(b"endstream")
                after = self.token()
            if after != b"endobj":
                raise Unreadable
            yield b"%s %s R" % (number, generation), thing

    def value(self) -> Any:
        """A dictionary, a list or a token."""
        token = self.token()
        if token == b"[":
            return list(iter(self.value, b"]"))
        if token != b"<<":
            return token
        found = {}
        while (key := self.token()) != b">>":
            found[key] = self.value()
        return found

    def token(self) -> bytes:
        """The next one."""
        start = _BETWEEN.match(self.data, self.at)
        match = _TOKEN.match(self.data, start.end() if start else self.at)
        if match is None:
            raise Unreadable
        self.at = match.end()
        return match[0]

    def expect(self, token: bytes) -> None:
        """Pass over this token, and no other."""
        if self.token() != token:
            raise Unreadable


def names_in(thing: Any) -> Iterator[bytes]:
    """Every name in an object, whether it names a value or is one."""
    if isinstance(thing, dict):
        yield from thing
        for value in thing.values():
            yield from names_in(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from names_in(value)
    elif thing.startswith(b"/"):
        yield thing


def is_jump(deed: Any) -> bool:
    """Whether a deed only shows a certain page."""
    return isinstance(deed, list) or (isinstance(deed, dict) and deed.get(b"/S") == b"/GoTo" and b"/Next" not in deed)


def first_page(data: bytes) -> bytes:
    """The first page as a JPEG."""
    page = pypdfium2.PdfDocument(data)[0]
    width, height = page.get_size()
    image = page.render(scale=min(PAGE_WIDTH / width, PAGE_HEIGHT / height)).to_pil().convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", quality=82, progressive=True, optimize=True)
    return out.getvalue()


def main() -> None:
    """Say the word, then draw."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    data = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    word = verdict(data)
    out.write(f"{word}\n".encode())
    out.flush()
    if word == FINE:
        signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_DRAW)  # whose signal ends the process, whatever it is at
        picture = first_page(data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        out.write(picture)


if __name__ == "__main__":
    main()
