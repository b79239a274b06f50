"""A document laid out as official papers are (GB/T 9704-2012): A4, 22 lines of 28 characters, fonts by name and never sent along."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE_FONT, HEI, KAI, FANGSONG, SONG, LATIN = (
    "方正小标宋简体",
    "黑体",
    "楷体",
    "仿宋",
    "宋体",
    "Times New Roman",
)
TWO, THREE, FOUR = Pt(22), Pt(16), Pt(14)  # 二号, 三号, 四号
LINE = Pt(28.95)  # 22 lines on 225 mm
CLOSER = -5  # twentieths of a point
RED = RGBColor(0xE6, 0x00, 0x00)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Paper:
    """A document that grows from top to bottom."""

    def __init__(self, name: str, issuer: str) -> None:
        self.document = Document()
        about = self.document.core_properties
        about.title, about.author, about.comments = _xml(name), _xml(issuer), ""
        self._set_page()
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = LATIN, THREE
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # would win over the names
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), FANGSONG)
        # 28 characters on 156 mm stand a little closer than they are wide. A grid of characters says the same to Word,
        # but LibreOffice gives each that is wider than its cell two of them.
        style.element.rPr.insert_element_before(_element("spacing", val=str(CLOSER)), "w:sz", "w:szCs", "w:lang")
        spacing = style.paragraph_format
        spacing.line_spacing, spacing.space_before, spacing.space_after = LINE, Pt(0), Pt(0)

    def letterhead(self, name: str, number: str, issuer: str, day: str) -> None:
        """The red head: name, number, and a line with who issues it and when."""
        head = self._line(name, TITLE_FONT, Pt(32), WD_ALIGN_PARAGRAPH.CENTER)
        head.paragraph_format.line_spacing = Pt(48)
        head.runs[0].font.color.rgb = RED
        self._line(number, FANGSONG, THREE, WD_ALIGN_PARAGRAPH.CENTER)
        line = self._line(f"{issuer}\t{day}", FANGSONG, THREE)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        _border(line, "bottom", "E60000", 18)
        self.document.add_paragraph()

    def title(self, text: str) -> None:
        self._line(text, TITLE_FONT, TWO, WD_ALIGN_PARAGRAPH.CENTER)
        self.document.add_paragraph()

    def heading(self, text: str) -> None:
        """First level: 一、 in 黑体."""
        self._indented(text, HEI)

    def subheading(self, text: str) -> None:
        """Second level: （一） in 楷体."""
        self._indented(text, KAI)

    def text(self, text: str) -> None:
        """Paragraphs of the body, one for each line that says something."""
        for line in text.splitlines():
            if line.strip("　 "):
                self._indented(line.strip("　 "), FANGSONG)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A ruled table, its head repeated on each page; widths in millimetres."""
        table = self.document.add_table(rows=1, cols=len(headers), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for number, cells in enumerate([headers, *rows]):
            row = table.rows[0] if number == 0 else table.add_row()
            row.height = Mm(11)
            _flag(row._tr.get_or_add_trPr(), "cantSplit")
            for cell, value, width in zip(row.cells, cells, widths, strict=True):
                cell.width = Mm(width)
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(22)
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _run(line, value, HEI if number == 0 else FANGSONG, FOUR)
        _flag(table.rows[0]._tr.get_or_add_trPr(), "tblHeader")

    def imprint(self, issuer: str, day: str) -> None:
        """The last line: who printed it, and when."""
        self.document.add_paragraph()
        line = self._line(f"{issuer}\t{day}印发", FANGSONG, FOUR)
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = FOUR
        line.paragraph_format.tab_stops.add_tab_stop(Mm(151), WD_TAB_ALIGNMENT.RIGHT)
        _border(line, "top", "000000", 8)
        _border(line, "bottom", "000000", 8)

    def file(self) -> bytes:
        stream = BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    def _set_page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        section._sectPr.append(_element("docGrid", type="lines", linePitch="579"))
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, None)):
            line = footer.paragraphs[0]
            line.alignment = side
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = FOUR
            _run(line, "— ", SONG, FOUR)
            _page_number(line)
            _run(line, " —", SONG, FOUR)

    def _line(self, text: str, font: str, size: Pt, side: Any = None) -> Paragraph:
        line = self.document.add_paragraph()
        line.alignment = side
        _run(line, text, font, size)
        return line

    def _indented(self, text: str, font: str) -> None:
        line = self._line(text, font, THREE, WD_ALIGN_PARAGRAPH.JUSTIFY)
        line.paragraph_format.first_line_indent = Pt(32)
        line._p.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def _run(paragraph: Paragraph, text: str, font: str, size: Pt) -> Any:
    run = paragraph.add_run(_xml(text))
    run.font.name, run.font.size = LATIN, size
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks are as wide as characters
    return run


def _page_number(paragraph: Paragraph) -> None:
    for kind in ("begin", "instruct", "separate", "shown", "end"):
        run = _run(paragraph, "1" if kind == "shown" else "", SONG, FOUR)
        if kind == "instruct":
            instruction = _element("instrText")
            instruction.text = " PAGE "
            run._element.append(instruction)
        elif kind != "shown":
            run._element.append(_element("fldChar", fldCharType=kind))


def _border(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = _element("pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    borders.append(_element(side, val="single", sz=str(eighths), space="4", color=colour))


def _flag(properties: Any, name: str) -> None:
    properties.append(_element(name))


def _element(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
