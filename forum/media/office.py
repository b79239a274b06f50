"""Whether an office file is what its name says, and has nothing in it that does something by itself. It is read, never unpacked to be kept.

What is allowed: text, tables, slides, pictures, links to be tapped, and the tables behind charts, which are looked through in turn. What is
not: macros, controls, other files inside, and whatever is fetched from elsewhere as soon as somebody opens it.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from posixpath import basename, dirname, join, normpath
from typing import IO, Any
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse
from flask_babel import lazy_gettext as _l

from forum.media.models import DocumentKind
from forum.media.refusals import BROKEN, LOCKED, DocumentRefused

MOST_PARTS = 5000
MOST_UNPACKED = 128 * 1024 * 1024
# Texts and tables shrink to a tenth; what shrinks to a hundredth was made to burst.
MOST_RATIO = 100
_SMALL_PART = 4 * 1024 * 1024
_LARGEST_LIST = 4 * 1024 * 1024  # of relations, or of types
_PIECE = 1 << 16

_OPEN = "application/vnd.openxmlformats-officedocument."
MAIN_TYPES = {
    DocumentKind.DOCX: f"{_OPEN}wordprocessingml.document.main+xml",
    DocumentKind.XLSX: f"{_OPEN}spreadsheetml.sheet.main+xml",
    DocumentKind.PPTX: f"{_OPEN}presentationml.presentation.main+xml",
}
TYPES = "[Content_Types].xml"
_XML_ENDINGS = (".xml", ".rels", ".vml")

_MACROS = re.compile("macro|vba|activex", re.IGNORECASE)  # in the type, the relation or the name of a part
_FOREIGN = re.compile("oleobject", re.IGNORECASE)
_NOT_LOCAL = re.compile(r"(?!file:///[^/\\])(?:[a-z][a-z0-9+.-]+:|\\\\|//)", re.IGNORECASE)  # C: is a disk
_OLE, _PROGRAM, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MZ", b"PK\x03\x04"

_MISNAMED = _l("里面不是名字说的那种文件。请用 WPS 或 Office 打开，另存为 docx、xlsx 或 pptx 再传。")
_WITH_MACROS = _l("带宏，就是会自己运行的程序，别人打开不安全。请另存为不带宏的文件再传。")
_WITH_FILES = _l("里面夹着别的文件，打开不安全。请把夹着的去掉，另存一份再传；夹着的可以单独传。")
_FETCHES = _l("一打开就会到网上取东西，不安全。请把连到网上的图片、模板去掉，或者改成直接插进去，另存一份再传。")
_BURSTS = _l("解开以后太大，手机打不开。请删短一些，或者拆成几个再传。")
_DECLARES = _l("里面有不该有的东西（文档类型声明），打开不安全。请用 WPS 或 Office 打开，另存一份再传。")


def check_office(data: bytes, kind: DocumentKind) -> None:
    """Raises DocumentRefused for what is no sound and harmless file of this kind. Takes a second at most, and little memory."""
    if data.startswith(_OLE):
        raise DocumentRefused(LOCKED if "EncryptedPackage".encode("utf-16-le") in data else _MISNAMED)
    try:
        _Looking().through(data, kind)
    except DocumentRefused:
        raise
    except Exception as error:  # damage shows as nearly anything, from KeyError to zlib.error
        raise DocumentRefused(BROKEN) from error


class _Looking:
    """One look through a file and the tables inside it: all of them together must not unpack to too much."""

    def __init__(self) -> None:
        self.left = MOST_UNPACKED

    def through(self, data: bytes, kind: DocumentKind, *, is_inner: bool = False) -> None:
        if not data.startswith(_ZIP):
            raise DocumentRefused(_MISNAMED)
        # Zipfile makes an object of each part before anybody can ask how many there are.
        if data.count(b"PK\x01\x02") > MOST_PARTS:
            raise DocumentRefused(_BURSTS)
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            self._weigh(parts)
            types = _Types(archive)
            if types.of(_main_part(archive)) != MAIN_TYPES[kind].casefold():
                raise DocumentRefused(_WITH_MACROS if types.any(_MACROS) else _MISNAMED)
            for part in parts:
                name, said = part.filename.casefold(), types.of(part.filename)
                _refuse_by_name(name, said)
                inner = self._read(archive, part, is_xml=name.endswith(_XML_ENDINGS) or said.endswith("xml"))
                if inner is not None and (is_inner or not dirname(name).endswith("/embeddings")):
                    raise DocumentRefused(_WITH_FILES)
                if inner is not None:
                    self.through(inner, _kind_of(name), is_inner=True)
                if name.endswith(".rels"):
                    _refuse_relations(archive, part)

    def _weigh(self, parts: list[ZipInfo]) -> None:
        """Refuse what is too much, by what the archive claims: zipfile hands out no more than that."""
        if any(part.flag_bits & 1 for part in parts):
            raise DocumentRefused(LOCKED)
        if any(part.file_size > max(_SMALL_PART, MOST_RATIO * part.compress_size) for part in parts):
            raise DocumentRefused(_BURSTS)
        self.left -= sum(part.file_size for part in parts)
        if self.left < 0:
            raise DocumentRefused(_BURSTS)
        names = [part.filename.casefold() for part in parts]
        if len(set(names)) < len(names) or any(_leads_astray(name) for name in names):
            raise DocumentRefused(BROKEN)
        if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
            raise DocumentRefused(BROKEN)

    def _read(self, archive: ZipFile, part: ZipInfo, *, is_xml: bool) -> bytes | None:
        """Read a part to its end, which proves it whole, and let it go; the bytes of one that is a file of parts itself."""
        with archive.open(part) as source:
            piece = source.read(_PIECE)
            if piece.startswith((_OLE, _PROGRAM)):
                raise DocumentRefused(_WITH_FILES)
            if piece.startswith(_ZIP):
                return piece + source.read()
            if is_xml:
                _refuse_declarations(piece, source)
            while source.read(_PIECE):
                pass
        return None


class _Types:
    """What the list of types says of the parts."""

    def __init__(self, archive: ZipFile) -> None:
        self._of_ending: dict[str, str] = {}
        self._of_part: dict[str, str] = {}
        for element in _elements(archive, archive.getinfo(TYPES)):
            if "Extension" in element:
                self._of_ending[element["Extension"].casefold()] = element.get("ContentType", "")
            elif "PartName" in element:
                self._of_part[element["PartName"].lstrip("/").casefold()] = element.get("ContentType", "")

    def of(self, name: str) -> str:
        """The type of a part in small letters, empty where none is said."""
        name = name.casefold()
        return (self._of_part.get(name) or self._of_ending.get(name.rpartition(".")[2], "")).casefold()

    def any(self, pattern: re.Pattern[str]) -> bool:
        """Whether a type like this occurs."""
        return any(pattern.search(said) for said in (*self._of_part.values(), *self._of_ending.values()))


def _main_part(archive: ZipFile) -> str:
    for relation in _elements(archive, archive.getinfo("_rels/.rels")):
        if basename(relation.get("Type", "")) == "officeDocument":
            target = normpath(relation["Target"].lstrip("/"))
            return archive.getinfo(target).filename
    raise DocumentRefused(_MISNAMED)


def _kind_of(name: str) -> DocumentKind:
    try:
        return DocumentKind(name.rpartition(".")[2].casefold())
    except ValueError:
        raise DocumentRefused(_WITH_FILES) from None


def _leads_astray(name: str) -> bool:
    """Whether a part's name would lead out of the place that it is unpacked to."""
    return (
        normpath(join("/", name)) != join("/", name.rstrip("/"))
        or any(c in name for c in "\\:")
        or not name.isprintable()
    )


def _refuse_by_name(name: str, said: str) -> None:
    if any(_MACROS.search(text) for text in (name, said)):
        raise DocumentRefused(_WITH_MACROS)
    if any(_FOREIGN.search(text) for text in (name, said)):
        raise DocumentRefused(_WITH_FILES)


def _refuse_relations(archive: ZipFile, part: ZipInfo) -> None:
    for relation in _elements(archive, part):
        kind, target = basename(relation.get("Type", "")), unquote(relation.get("Target", ""))
        _refuse_by_name("", kind)
        is_outside = relation.get("TargetMode", "").casefold() == "external"
        if is_outside and kind != "hyperlink" and _NOT_LOCAL.match(target.strip()):
            raise DocumentRefused(_FETCHES)


def _elements(archive: ZipFile, part: ZipInfo) -> Iterator[dict[str, str]]:
    """The attributes of what stands in a list of types or relations."""
    if part.file_size > _LARGEST_LIST:
        raise DocumentRefused(_BURSTS)
    with archive.open(part) as source:
        try:
            root = parse(source, forbid_dtd=True).getroot()
        except DefusedXmlException:
            raise DocumentRefused(_DECLARES) from None
    return (dict(element.attrib) for element in root)


def _refuse_declarations(piece: bytes, source: IO[bytes]) -> None:
    """Entities and foreign files are declared before the first element: no farther is read."""

    class Begun(Exception):
        pass

    def begin(*_: Any) -> None:
        raise Begun

    def declare(*_: Any) -> None:
        raise DocumentRefused(_DECLARES)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declare
    parser.StartElementHandler = begin
    try:
        while piece:
            parser.Parse(piece)
            piece = source.read(_PIECE)
    except Begun:
        pass
