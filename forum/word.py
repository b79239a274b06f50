"""Word documents as offices want them: A4 with 22 lines of 28 characters (GB/T 9704-2012), fonts by name and never sent along."""

import re
from collections.abc import Collection, Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE, HEI, KAI, FANGSONG, SONG, LATIN = (
    "方正小标宋简体",
    "黑体",
    "楷体_GB2312",
    "仿宋_GB2312",
    "宋体",
    "Times New Roman",
)
# What a computer without the office fonts takes instead.
SUBSTITUTES = {TITLE: "宋体", KAI: "楷体", FANGSONG: "仿宋"}
COVER, ONE, TWO, THREE, FOUR = Pt(36), Pt(26), Pt(22), Pt(16), Pt(14)  # 小初, 一号, 二号, 三号, 四号
LINE = Pt(28.95)  # 22 lines on 225 mm
LEFT, WIDTH = Mm(28), Mm(156)
PICTURE_WIDTH, PICTURE_HEIGHT = Mm(72), Mm(62)  # two stand beside each other
CLOSER = -5  # twentieths of a point: 28 characters on 156 mm
CENTRE, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Paper:
    """A document that grows from top to bottom."""

    def __init__(self, name: str, issuer: str, *, has_cover: bool = False) -> None:
        self.document = Document()
        self._chapters = 0
        about = self.document.core_properties
        about.title, about.author, about.comments = as_xml(name), as_xml(issuer), ""
        _forget_picture_of_template(self.document)
        _name_substitutes(self.document)
        self._set_page(has_cover=has_cover)
        self._set_styles()

    def line(self, text: str, font: str = FANGSONG, size: Length = THREE, side: Any = None) -> Paragraph:
        """One paragraph without an indent."""
        line = self.document.add_paragraph()
        line.alignment = side
        run(line, text, font, size)
        return line

    def blank(self, lines: int = 1) -> None:
        for _line in range(lines):
            self.document.add_paragraph()

    def title(self, text: str, *, on_new_page: bool = False) -> None:
        title = self.line(text, TITLE, TWO, CENTRE).paragraph_format
        title.line_spacing, title.page_break_before = Pt(34), on_new_page or None
        self.blank()

    def heading(self, text: str) -> None:
        """First level: 一、 in 黑体."""
        self._indented(text, HEI, level=2)

    def subheading(self, text: str) -> None:
        """Second level: （一） in 楷体."""
        self._indented(text, KAI, level=3)

    def text(self, text: str) -> None:
        """Paragraphs of the body, one for each line that says something."""
        for line in text.splitlines():
            if line.strip("　 "):
                self._indented(line.strip("　 "), FANGSONG)

    def named(self, label: str, text: str, size: Length = THREE, font: str = FANGSONG) -> Paragraph:
        """A label with a colon and what follows; further lines begin below its first character."""
        line = self.line(f"{label}：", font, size, JUSTIFY)
        run(line, text, FANGSONG, size)
        hang(line, size, 2 if size == THREE else 1, len(label) + 1)
        return line

    def pictures(self, files: Iterable[bytes]) -> None:
        """JPEG pictures, two beside each other; nothing when there are none."""
        row: Paragraph | None = None
        for number, file in enumerate(files):
            if row is None or number % 2 == 0:
                row = self.document.add_paragraph()
                row.alignment = CENTRE
                row.paragraph_format.line_spacing = 1.0  # a line of fixed height would cut them off
                row.paragraph_format.space_before = row.paragraph_format.space_after = Pt(4)
            if number % 2:
                row.add_run(" ").font.size = Pt(12)  # a small gap
            picture = row.add_run().add_picture(BytesIO(file))
            for side in (
                "distT",
                "distB",
                "distL",
                "distR",
            ):  # where nothing is said, LibreOffice keeps 3 mm on each side
                picture._inline.set(side, "0")
            scale = min(PICTURE_WIDTH / picture.width, PICTURE_HEIGHT / picture.height)
            picture.width, picture.height = Length(picture.width * scale), Length(picture.height * scale)

    def table(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        sentences: Collection[int] = (),
    ) -> None:
        """A ruled table, its head repeated on each page; widths in millimetres. Columns of ``sentences`` begin at the left."""
        table = self.document.add_table(rows=1 + len(rows), cols=len(headers), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for number, (cells, row) in enumerate(zip([headers, *rows], table.rows, strict=True)):
            row.height = Mm(11)
            row._tr.get_or_add_trPr().append(element("cantSplit"))
            for column, (cell, value, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
                cell.width = Mm(width)
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(22)
                line.alignment = None if number and column in sentences else CENTRE
                run(line, value, HEI if number == 0 else FANGSONG, FOUR)
        table.rows[0]._tr.get_or_add_trPr().append(element("tblHeader"))

    def cover(self, title: str, *lines: str) -> None:
        """The title page; the lines below it stand in its middle."""
        self.blank(5)
        self.document.add_paragraph(as_xml(title), style="Title").alignment = CENTRE
        for text in lines:
            self.line(text, KAI, THREE, CENTRE)

    def contents(self, word: str, entries: Sequence[tuple[str, str]]) -> None:
        """Titles of the chapters to come, each with a note: a field that Word can bring up to date, holding the list as it is."""
        head = self.line(word, HEI, TWO, CENTRE)
        head.paragraph_format.page_break_before = True
        lines = [self.document.add_paragraph() for _entry in entries] or [self.document.add_paragraph()]
        _mark(lines[0], "begin")
        _instruct(lines[0], r'TOC \o "1-1" \h \z')
        _mark(lines[0], "separate")
        for number, (line, (title, note)) in enumerate(zip(lines, entries, strict=False), 1):
            link = element("hyperlink", anchor=_bookmark(number), history="1")
            link.append(run(line, title, FANGSONG, THREE)._element)
            line._element.append(link)
            run(line, note, FANGSONG, THREE)
        _mark(lines[-1], "end")

    def chapter(self, text: str) -> None:
        """A first-level heading on a page of its own, to which the contents lead."""
        self._chapters += 1
        heading = self.document.add_paragraph(style="Heading 1")
        heading.paragraph_format.page_break_before = True
        heading._element.append(element("bookmarkStart", id=str(self._chapters), name=_bookmark(self._chapters)))
        heading.add_run(as_xml(text))
        heading._element.append(element("bookmarkEnd", id=str(self._chapters)))

    def file(self) -> bytes:
        stream = BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    def _set_page(self, *, has_cover: bool) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = LEFT, Mm(26)
        section.footer_distance = Mm(25)
        section.different_first_page_header_footer = has_cover  # no number on the title page
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        section._sectPr.append(element("docGrid", type="lines", linePitch="579"))
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, side in ((section.footer, RIGHT), (section.even_page_footer, None)):
            line = footer.paragraphs[0]
            line.alignment = side
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = FOUR
            run(line, "— ", SONG, FOUR, latin=SONG)
            _page_number(line)
            run(line, " —", SONG, FOUR, latin=SONG)

    def _set_styles(self) -> None:
        for name, font, size in (
            ("Normal", FANGSONG, THREE),
            ("Title", TITLE, COVER),
            ("Heading 1", HEI, TWO),
        ):
            style = self.document.styles[name]
            style.font.name, style.font.size, style.font.bold = LATIN, size, False
            style.font.color.rgb = None
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # would win over the names
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), font)
            for unwanted in (*properties.findall(qn("w:color")), *style.element.findall(f".//{qn('w:pBdr')}")):
                unwanted.getparent().remove(unwanted)
            spacing = style.paragraph_format
            spacing.space_before, spacing.space_after = Pt(0), Pt(0)
            spacing.line_spacing = LINE if size == THREE else Pt(size.pt * 1.5)
        self.document.styles["Heading 1"].paragraph_format.space_after = Pt(10)
        # 28 characters on 156 mm stand a little closer than they are wide. A grid of characters says the same to Word,
        # but LibreOffice gives each that is wider than its cell two of them.
        normal = self.document.styles["Normal"].element.rPr
        normal.insert_element_before(element("spacing", val=str(CLOSER)), "w:sz", "w:szCs", "w:lang")

    def _indented(self, text: str, font: str, level: int | None = None) -> None:
        line = self.line(text, font, THREE, JUSTIFY)
        line.paragraph_format.first_line_indent = Pt(32)
        properties = line._p.get_or_add_pPr()
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
        if level:
            line.paragraph_format.keep_with_next = True
            properties.append(element("outlineLvl", val=str(level - 1)))


def run(paragraph: Paragraph, text: str, font: str, size: Length, latin: str = LATIN) -> Any:
    """A piece of text in a Chinese font."""
    part = paragraph.add_run(as_xml(text))
    part.font.name, part.font.size = latin, size
    properties = part._element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks are as wide as characters
    properties.append(element("szCs", val=str(int(size.pt * 2))))  # scripts from right to left have a size of their own
    return part


def hang(paragraph: Paragraph, size: Length, before: int, label: int) -> None:
    """Begin a paragraph some characters from the edge, and its further lines behind its label."""
    indent = paragraph.paragraph_format
    indent.left_indent, indent.first_line_indent = Pt(size.pt * (before + label)), Pt(-size.pt * label)
    ind = paragraph._p.get_or_add_pPr().find(qn("w:ind"))
    ind.set(qn("w:leftChars"), str(100 * (before + label)))
    ind.set(qn("w:hangingChars"), str(100 * label))


def rule(paragraph: Paragraph, side: str, colour: str, eighths: int, space: int = 4) -> None:
    """A line above or below a paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = element("pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    borders.append(element(side, val="single", sz=str(eighths), space=str(space), color=colour))


def element(name: str, /, **attributes: str) -> Any:
    """A bare element of the format, which the library has no word for."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def as_xml(text: Any) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", str(text))


def _bookmark(number: int) -> str:
    return f"_Toc{number:06d}"


def _mark(paragraph: Paragraph, kind: str) -> None:
    run(paragraph, "", SONG, FOUR, latin=SONG)._element.append(element("fldChar", fldCharType=kind))


def _instruct(paragraph: Paragraph, instruction: str) -> None:
    text = element("instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    run(paragraph, "", SONG, FOUR, latin=SONG)._element.append(text)


def _page_number(paragraph: Paragraph) -> None:
    _mark(paragraph, "begin")
    _instruct(paragraph, "PAGE")
    _mark(paragraph, "separate")
    run(paragraph, "1", SONG, FOUR, latin=SONG)
    _mark(paragraph, "end")


def _forget_picture_of_template(document: Any) -> None:
    """The library's template brings the picture of an empty page, which file managers would show."""
    relations = document.part.package.rels
    for key in [key for key, each in relations.items() if each.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]


def _name_substitutes(document: Any) -> None:
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    named = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for font, other in SUBSTITUTES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{named}</w:fonts>".encode())
