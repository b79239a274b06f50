"""A collection of cards as a Word file to print and hand out: title page, contents, each card on a page of its own.

The fonts are named as official papers want them (GB/T 9704: 宋体 for the title, 黑体 for headings, 仿宋 for the text) and never sent along.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from flask_babel import gettext as _

from forum.clock import full_day, local
from forum.library.adoptions.labels import RESULTS
from forum.library.adoptions.travel import travelled

SONG, HEI, FANGSONG, LATIN = "宋体", "黑体", "仿宋", "Times New Roman"
# Characters that XML cannot hold.
_NOT_XML = re.compile("[\ufffe\uffff]")


def booklet(title: str, issuer: str, on: date, cards: Sequence[Any], adoptions: Mapping[int, Sequence[Any]]) -> bytes:
    """The file. ``cards`` have the columns of ``cards_in_full``, ``adoptions`` are by card."""
    document = Document()
    _set_up(document, title, issuer)
    _title_page(document, title, issuer, on, len(cards))
    _contents(document, cards)
    for number, card in enumerate(cards, 1):
        _card(document, number, card, adoptions.get(card.id, ()))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Doc, title: str, issuer: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.different_first_page_header_footer = True  # no number on the title page
    for name, font, size, is_bold in (
        ("Normal", FANGSONG, 16, False),
        ("Title", SONG, 32, True),
        ("Heading 1", HEI, 20, False),
        ("Heading 2", HEI, 16, False),
    ):
        _style(document, name, font, size, is_bold)
    spacing = document.styles["Normal"].paragraph_format
    spacing.line_spacing, spacing.space_after = Pt(28), Pt(0)
    about = document.core_properties
    about.title, about.author, about.comments = _xml(title), _xml(issuer), ""
    page = section.footer.paragraphs[0]
    page.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(page, "PAGE", "1")


def _style(document: Doc, name: str, font: str, size: int, is_bold: bool) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), is_bold
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in (
        "asciiTheme",
        "hAnsiTheme",
        "eastAsiaTheme",
        "cstheme",
    ):  # a theme's font would win over the one named
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    for colour in style.element.rPr.findall(qn("w:color")):
        style.element.rPr.remove(colour)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _title_page(document: Doc, title: str, issuer: str, on: date, count: int) -> None:
    for _line in range(6):
        document.add_paragraph()
    document.add_paragraph(_xml(title), style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("", _("共 %(num)s 条经验", num=count), "", "", _xml(issuer), full_day(on)):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _contents(document: Doc, cards: Sequence[Any]) -> None:
    """A field that Word can bring up to date, holding the list as it is: nobody has to know what a field is."""
    head = document.add_paragraph(_("目录"))
    head.paragraph_format.page_break_before = True
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(head, HEI, 20)
    lines = [document.add_paragraph() for _card_there in cards] or [document.add_paragraph()]
    _mark(lines[0], "begin")
    _instruct(lines[0], r'TOC \o "1-1" \h \z')
    _mark(lines[0], "separate")
    for number, (line, card) in enumerate(zip(lines, cards, strict=False), 1):
        _link(line, _bookmark(number), _numbered(number, card))
        line.add_run(_xml(_("（%(village)s）", village=card.unit_name)))
        line.paragraph_format.space_after = Pt(6)
    _mark(lines[-1], "end")


def _card(document: Doc, number: int, card: Any, adoptions: Sequence[Any]) -> None:
    heading = document.add_paragraph(style="Heading 1")
    heading.paragraph_format.page_break_before = True
    heading.paragraph_format.space_after = Pt(8)
    _bookmarked(heading, number, _numbered(number, card))
    where = [
        card.township_name,
        card.unit_name,
        _("%(day)s发布", day=full_day(local(card.published_at).date())),
        travelled(card),
    ]
    document.add_paragraph(_xml(" · ".join(part for part in where if part)))
    for label, text in (
        (_("遇到的问题"), card.problem),
        (_("怎么做的"), card.practice),
        (_("成效"), card.result),
        (_("什么样的村合适"), card.suitable),
        (_("要当心"), card.caution),
        (_("花了多少"), card.cost),
    ):
        if text:
            _part(document, label, text.splitlines())
    if adoptions:
        _part(document, _("别的村试得怎么样"), [_tried(a) for a in adoptions])


def _tried(adoption: Any) -> str:
    said = {"village": adoption.unit_name, "result": RESULTS[adoption.result], "why": adoption.why}
    words = [_("%(village)s：%(result)s。%(why)s", **said)]
    if adoption.caution:
        words.append(_("要当心：%(text)s", text=adoption.caution))
    return " ".join(" ".join(words).split("\n"))


def _part(document: Doc, label: str, lines: Sequence[str]) -> None:
    heading = document.add_paragraph(_xml(label), style="Heading 2")
    heading.paragraph_format.space_before = Pt(8)
    for line in lines:
        if line.strip():
            paragraph = document.add_paragraph(_xml(line.strip("　 ")))
            paragraph.paragraph_format.first_line_indent = Pt(32)  # two characters


def _numbered(number: int, card: Any) -> str:
    return f"{number}. {card.title}"


def _bookmark(number: int) -> str:
    return f"_Toc{number:06d}"


def _xml(text: Any) -> str:
    return _NOT_XML.sub("", str(text))


def _font(paragraph: Paragraph, font: str, size: int) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(size)
        run.font.name = LATIN
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _element(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _mark(paragraph: Paragraph, kind: str) -> None:
    paragraph.add_run()._element.append(_element("w:fldChar", fldCharType=kind))


def _instruct(paragraph: Paragraph, instruction: str) -> None:
    text = _element("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    paragraph.add_run()._element.append(text)


def _field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    _mark(paragraph, "begin")
    _instruct(paragraph, instruction)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _link(paragraph: Paragraph, anchor: str, text: str) -> None:
    link = _element("w:hyperlink", anchor=anchor, history="1")
    run = paragraph.add_run(_xml(text))
    link.append(run._element)
    paragraph._element.append(link)


def _bookmarked(paragraph: Paragraph, number: int, text: str) -> None:
    start = _element("w:bookmarkStart", id=str(number), name=_bookmark(number))
    paragraph._element.append(start)
    paragraph.add_run(_xml(text))
    paragraph._element.append(_element("w:bookmarkEnd", id=str(number)))
