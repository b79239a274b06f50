"""Word files have the measures of official papers, name their fonts and carry none."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from forum.downloads import safe_name
from forum.word import Paper

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def document():
    paper = Paper("村书记论坛会议纪要", "柳林镇")
    paper.title("地没人种怎么办")
    paper.heading("一、会议情况")
    paper.subheading("（一）流转")
    paper.text("　　成立合作社。\n\n再议。")
    paper.named("出席", "前柳村柳大山")
    paper.table(("序号", "事项"), [("1", "登记土地")], (20, 100))
    return Document(BytesIO(paper.file()))


def line(document, text):
    return next(p for p in document.paragraphs if p.text == text)


def font(paragraph):
    (run,) = paragraph.runs
    return run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_page_is_a4_with_the_margins_of_the_standard(document):
    (section,) = document.sections
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(m / Mm(1)) for m in (*sides, section.left_margin, section.right_margin)] == [210, 297, 37, 35, 28, 26]


def test_the_grid_holds_22_lines_of_28_characters(document):
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    lines = (297 - 37 - 35) / 25.4 * 1440 / int(grid.get(qn("w:linePitch")))
    closer = int(document.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    characters = (210 - 28 - 26) / 25.4 * 72 / (16 + closer)
    assert (int(lines), int(characters)) == (22, 28)
    assert int(225 / 25.4 * 72 / document.styles["Normal"].paragraph_format.line_spacing.pt) == 22


@pytest.mark.parametrize(
    ("text", "name", "size"),
    [
        ("地没人种怎么办", "方正小标宋简体", 22),
        ("一、会议情况", "黑体", 16),
        ("（一）流转", "楷体_GB2312", 16),
        ("成立合作社。", "仿宋_GB2312", 16),
    ],
)
def test_each_level_has_its_font(document, text, name, size):
    assert font(line(document, text)) == (name, size)


def test_paragraphs_begin_two_characters_from_the_edge(document):
    for text in ("一、会议情况", "成立合作社。", "再议。"):
        assert line(document, text)._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_outside_between_dashes(document):
    (section,) = document.sections
    for footer, side in ((section.footer, "right"), (section.even_page_footer, None)):
        (paragraph,) = footer.paragraphs
        jc = paragraph._p.pPr.find(qn("w:jc"))
        assert (jc.get(qn("w:val")) if jc is not None else None) == side
        assert paragraph.text == "— 1 —"
        assert {(r.font.name, r.font.size.pt) for r in paragraph.runs} == {("宋体", 14)}
    assert document.settings.odd_and_even_pages_header_footer


def test_fonts_are_named_and_never_sent_along():
    with ZipFile(BytesIO(Paper("纪要", "柳林镇").file())) as parts:
        assert not [name for name in parts.namelist() if "fonts/" in name or "thumbnail" in name]
        assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in parts.read("word/fontTable.xml").decode()


def test_any_text_can_be_written():
    paper = Paper("\x00\uffff标题", "\ufffe")
    for text in ("<w:p>&\"'", "\x00\x0b\ufffe\uffff", "شىنجاڭ", "𠮷田", "前柳村 שלום 讲", "　", "a\tb"):
        paper.title(text)
        paper.text(text)
        paper.named(text, text)
    assert {r._element.rPr.find(qn("w:szCs")).get(qn("w:val")) for r in paper.named("出席", "שלום").runs} == {"32"}
    assert "前柳村 שלום 讲" in "\n".join(p.text for p in Document(BytesIO(paper.file())).paragraphs)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("六户镇第3期会议纪要.docx", "六户镇第3期会议纪要.docx"),
        ('a/b\\c:*?"<>|d\x00\uffff.docx', "a b c       d.docx"),
        (" . .docx", "1.docx"),
        ("柳" * 300 + ".xlsx", "柳" * 60 + ".xlsx"),
    ],
)
def test_a_file_has_a_name_that_any_computer_takes(given, name):
    assert safe_name(given) == name
