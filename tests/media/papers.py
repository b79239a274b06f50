"""Office files made by code: sound ones, and such as somebody sends who means harm."""

import hashlib
import zlib
from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from forum.media.models import DocumentKind
from forum.media.office import MAIN_TYPES, TYPES

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}

Parts = dict[str, bytes | str]


def office(
    kind: str = "docx", *, parts: Parts | None = None, relations: str = "", said: str = "", main: str = ""
) -> bytes:
    """A file of this kind with further parts, relations of its main part, and lines in its list of types."""
    name = MAIN_PARTS[kind]
    folder, _, last = name.rpartition("/")
    all_parts: Parts = {
        TYPES: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{name}" ContentType="{main or MAIN_TYPES[DocumentKind(kind)]}"/>{said}</Types>',
        "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="{name}"/></Relationships>',
        name: "<document>修路</document>",
        f"{folder}/_rels/{last}.rels": f"<Relationships>{relations}</Relationships>",
        **(parts or {}),
    }
    return packed(all_parts.items())


def relation(kind: str, target: str, *, outside: bool = True) -> str:
    """A line for ``relations``."""
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="r9" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'


def packed(parts: Iterable[tuple[str, bytes | str]], method: int = ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, content in parts:
            archive.writestr(ZipInfo(name) if method == ZIP_STORED else name, content)
    return out.getvalue()


def pdf(catalogue: bytes = b"", *objects: bytes, trailer: bytes = b"", page: bytes = b"") -> bytes:
    """A PDF of one page; ``objects`` are numbered from 5 on."""
    content = b"0.8 0.2 0.2 rg 50 50 200 100 re f"
    all_objects = [
        b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>%s>>" % page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        *objects,
    ]
    out, offsets = BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, text in enumerate(all_objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<</Size %d/Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, trailer, start))
    return out.getvalue()


def packed_pdf(hidden: bytes) -> bytes:
    """A PDF whose sixth object is packed into a stream of objects, where a search through the bytes does not find it."""
    head = b"6 0 "
    stream = zlib.compress(head + hidden)
    packing = b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
    plain = pdf(b"/OpenAction 6 0 R", packing % (len(head), len(stream), stream))
    body = plain[: plain.index(b"xref\n0 ")]
    entries = [
        (0, 0, 65535),
        *((1, plain.index(b"\n%d 0 obj" % n) + 1, 0) for n in range(1, 6)),
        (2, 5, 0),
        (1, len(body), 0),
    ]
    rows = zlib.compress(
        b"".join(bytes([kind]) + at.to_bytes(4, "big") + n.to_bytes(2, "big") for kind, at, n in entries)
    )
    table = b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n"
    return body + table % (len(rows), rows) + b"startxref\n%d\n%%%%EOF\n" % len(body)


def restricted_pdf() -> bytes:
    """A PDF that anybody opens, and that forbids him to copy and print: encrypted without a password."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    owner, may = bytes(32), -64
    key = hashlib.md5(padding + owner + may.to_bytes(4, "little", signed=True) + b"\0").digest()[:5]
    said = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>/ID[<00><00>]"
    return pdf(trailer=said % (owner.hex().encode(), _rc4(key, padding).hex().encode(), may))


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def torn(data: bytes) -> bytes:
    """The same with one bit turned in the middle, as a bad line or disk does."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
