"""Makers of picture files, honest and hostile."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

GPS = {1: "N", 2: (37.0, 27.0, 12.5), 3: "E", 4: (118.0, 40.0, 33.0)}
SERIAL = "SERIAL-20240817"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A plain picture file, red in its left half and blue in its right one."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def phone_photo(kind: str = "JPEG", orientation: int = 1, **options: Any) -> bytes:
    """A photo that says where, when and with which phone it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Vivo"
    exif[0x0132] = "2024:08:17 09:30:00"
    exif.get_ifd(0x8825).update(GPS)
    exif.get_ifd(0x8769)[0xA431] = SERIAL
    return picture(kind, exif=exif.tobytes(), **options)


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*chunks: bytes) -> bytes:
    """A PNG of one pixel with further chunks before its data."""
    plain = picture("PNG", (1, 1))
    return plain[:33] + b"".join(chunks) + plain[33:]


def png_claiming(width: int, height: int) -> bytes:
    """A PNG file of some bytes that says it is this large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    """A file decoded."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def markers(jpeg: bytes) -> set[int]:
    """The kinds of segments in a JPEG file, and whatever stands behind its end as 0."""
    found, at = set(), 2
    while at < len(jpeg):
        assert jpeg[at] == 0xFF
        kind = jpeg[at + 1]
        found.add(kind)
        if kind == 0xD9:
            return found | ({0} if len(jpeg) > at + 2 else set())
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        if kind == 0xDA:
            while jpeg[at] != 0xFF or jpeg[at + 1] in (0, *range(0xD0, 0xD8)):
                at += 1
    raise AssertionError("no end of the picture")
