"""Rosters as bytes: workbooks, text files and the parts of a workbook that openpyxl itself would not write."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook

HEADER = ("镇街", "管区", "村", "姓名", "手机", "职务", "任职时间")
WANG = ("清河镇", "东片", "柳林村", "王一", "13800000001", "党支部书记", "2021.3")
LI = ("清河镇", "东片", "杨庄村", "李二", "13800000002", "书记", "2022-05-06")
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(rows: Iterable[Sequence[object]], merged: Iterable[str] = (), **sheets: Iterable[Sequence[object]]) -> bytes:
    """A workbook with these rows; further sheets by name; a merged range keeps the value of its first cell."""
    book = Workbook()
    first = book.active
    first.title = "名册"
    for sheet, lines in ((first, rows), *((book.create_sheet(name), lines) for name, lines in sheets.items())):
        for line in lines:
            sheet.append(list(line))
    for cells in merged:
        first.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def with_part(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The same archive with the text of one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(_plain(content.decode())) if name == part else content)
    return stream.getvalue()


def _plain(xml: str) -> str:
    """XML in one form, whichever of its writers the library found: characters as themselves, an empty value in one tag."""
    return (
        re.sub(r"&#(\d{3,});", lambda found: chr(int(found[1])), xml)
        .replace("<v></v>", "<v/>")
        .replace("<v />", "<v/>")
    )


def as_excel_writes(data: bytes) -> bytes:
    """The same workbook with its texts in a table of shared ones, each in two runs and with a reading aid, as Excel may."""
    texts: dict[str, int] = {}

    def share(found: re.Match[str]) -> str:
        return f't="s"><v>{texts.setdefault(found[1], len(texts))}</v></c>'

    data = with_part(data, SHEET, lambda xml: re.sub(r't="inlineStr"><is><t>([^<]*)</t></is></c>', share, xml))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    data = with_part(data, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", relation))
    aid = '<rPh sb="0" eb="1"><t>yi</t></rPh>'
    runs = "".join(f"<si><r><t>{one[:1]}</t></r><r><rPr><b/></rPr><t>{one[1:]}</t></r>{aid}</si>" for one in texts)
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as parts:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        parts.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{runs}</sst>')
    return stream.getvalue()


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        for name in names:
            parts.writestr(name, "<x/>")
    return stream.getvalue()
