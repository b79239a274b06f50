"""Office files: sound ones are taken as they are, under a plain name; those that would do harm are refused in words that help."""

from io import BytesIO
from random import Random

import pytest
from docx import Document as WordDocument
from openpyxl import Workbook

from forum.media import office
from forum.media.documents import MOST_BYTES, prepare_document
from forum.media.models import DocumentKind
from forum.media.refusals import DocumentRefused
from tests.media.papers import OLE, packed, packed_pdf, pdf, relation, restricted_pdf, torn
from tests.media.papers import office as paper
from tests.media.shots import picture

pytestmark = pytest.mark.pure

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
CHART = paper("xlsx")


def reason(data: bytes, name: str) -> str:
    """Why a file is refused; empty when it is not."""
    try:
        prepare_document(data, name)
    except DocumentRefused as refused:
        return str(refused.message)
    return ""


def written(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (written(WordDocument()), "方案.docx"),
        (written(Workbook()), "台账.xlsx"),
        (paper("pptx"), "课件.PPTX"),
        (paper(relations=relation("hyperlink", "https://example.org/")), "有链接.docx"),
        (paper(relations=relation("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm")), "自家模板.docx"),
        (paper(relations=relation("externalLinkPath", "D:\\旧表.xlsx")), "引用旧表.docx"),
        (paper("pptx", parts={"ppt/embeddings/Sheet1.xlsx": CHART}), "有图表.pptx"),
        (paper("xlsx", parts={"xl/printerSettings/printerSettings1.bin": b"\0D\0E\0V"}), "设过打印.xlsx"),
        (pdf(b"/OpenAction[3 0 R/FitH null]"), "打开看首页.pdf"),
        (pdf(b"/OpenAction 5 0 R", b"<</S/GoTo/D[3 0 R/Fit]>>"), "打开看首页.pdf"),
        (pdf(b"/Title(/JS /Launch) /A<</S/URI/URI(http://a/JS/AA)>>"), "说到脚本.pdf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_offices_really_send_is_taken_as_it_is(data: bytes, name: str) -> None:
    prepared = prepare_document(data, name)
    assert prepared.data == data
    assert (prepared.kind, prepared.name) == (DocumentKind(name.lower()[name.index(".") + 1 :]), name)


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "a picture's name": (picture(), "a.jpg", "照片"),
    "a picture with a page behind it": (picture() + b"<script>alert(1)</script>", "a.pdf", "损坏"),
    "two endings": (b"<svg onload=alert(1)>", "a.jpg.svg", "收不了"),
    "a page": (b"<html><script>", "a.docx", "不是名字说的"),
    "a program": (b"MZ\x90", "a.exe", "收不了"),
    "nothing": (b"", "a.docx", "空的"),
    "no ending": (paper(), "方案", "收不了"),
    "old": (OLE, "台账.xls", "另存为"),
    "old under a new name": (OLE, "台账.xlsx", "不是名字说的"),
    "with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "台账.xlsx", "密码"),
    "a packed one": (paper(), "材料.zip", "解压"),
    "too heavy": (b"PK\x03\x04" + bytes(MOST_BYTES), "a.docx", "20 兆"),
    "a table called a text": (paper("xlsx"), "a.docx", "不是名字说的"),
    "a text called a PDF": (paper(), "a.pdf", "损坏"),
    "a PDF called a text": (pdf(), "a.docx", "不是名字说的"),
    "a zip of other things": (packed([("a.txt", "a")]), "a.docx", "损坏"),
    "cut off": (paper()[:-40], "a.docx", "损坏"),
    "one bit turned": (torn(paper(parts={"word/media/a.emf": Random(1).randbytes(300_000)})), "a.docx", "损坏"),
    "macros under a harmless name": (
        paper(main="application/vnd.ms-word.document.macroEnabled.main+xml", parts={"word/vbaProject.bin": OLE}), "a.docx", "带宏"
    ),
    "macros only": (paper(parts={"word/vbaProject.bin": b"x"}), "a.docx", "带宏"),
    "macros of the nineties": (
        paper("xlsx", parts={"xl/sheet9.xml": "<a/>"}, said='<Override PartName="/xl/sheet9.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'),
        "a.xlsx",
        "带宏",
    ),
    "a control": (paper(parts={"word/activeX/activeX1.xml": "<a/>"}), "a.docx", "带宏"),
    "an object": (paper(parts={"word/embeddings/oleObject1.bin": OLE}), "a.docx", "夹着"),
    "an object under a harmless name": (paper(parts={"word/media/image1.png": OLE}), "a.docx", "夹着"),
    "an object elsewhere": (paper(relations=relation("oleObject", "file:///C:/a.exe")), "a.docx", "夹着"),
    "a program inside": (paper(parts={"word/media/image1.png": b"MZ\x90"}), "a.docx", "夹着"),
    "a zip inside": (paper(parts={"word/media/a.zip": packed([("a", "a")])}), "a.docx", "夹着"),
    "macros in the table of a chart": (
        paper(parts={"word/embeddings/a.xlsx": paper("xlsx", parts={"xl/vbaProject.bin": b"x"})}), "a.docx", "带宏"
    ),
    "a table in the table of a chart": (
        paper(parts={"word/embeddings/a.xlsx": paper("xlsx", parts={"xl/embeddings/a.xlsx": CHART})}), "a.docx", "夹着"
    ),
    "a template from afar": (paper(relations=relation("attachedTemplate", "https://example.org/a.dotm")), "a.docx", "网上"),
    "a template from a share": (paper(relations=relation("attachedTemplate", "file:///%5C%5Chost/a.dotm")), "a.docx", "网上"),
    "a picture from afar": (paper(relations=relation("image", "//example.org/a.png")), "a.docx", "网上"),
    "a foreign entity": (paper(parts={"word/document.xml": XXE}), "a.docx", "声明"),
    "a foreign entity in the list of types": (paper(parts={office.TYPES: XXE}), "a.docx", "声明"),
    "a billion laughs": (paper(parts={"customXml/item1.xml": LAUGHS}), "a.docx", "声明"),
    "laughs under another ending": (
        paper(parts={"word/a.DAT": LAUGHS}, said='<Override PartName="/word/A.dat" ContentType="application/XML"/>'),
        "a.docx",
        "声明",
    ),
    "laughs in capitals": (paper(parts={"word/A.XML": LAUGHS}), "a.docx", "声明"),
    "laughs in sixteen bits": (paper(parts={"word/a.xml": LAUGHS.encode("utf-16")}), "a.docx", "声明"),
    "a way out": (paper(parts={"../../etc/cron.d/a": "x"}), "a.docx", "损坏"),
    "a way out of a disk": (paper(parts={"C:/a": "x"}), "a.docx", "损坏"),
    "the same name twice": (paper(parts={"Word/Document.xml": "<a/>"}), "a.docx", "损坏"),
    "a bomb": (paper(parts={"word/media/a.xml": bytes(60 * 2**20)}), "a.docx", "太大"),
    "a bomb in the table of a chart": (
        paper(parts={f"word/embeddings/{n}.xlsx": paper("xlsx", parts={"a.emf": bytes(range(256)) * 12_000}) for n in range(60)}), "a.docx", "太大"
    ),
    "sixty-five thousand parts": (packed((f"{n}", b"") for n in range(65_000)), "a.docx", "太大"),
    "a PDF that is cut off": (pdf()[:300], "a.pdf", "损坏"),
    "a PDF with a page before it": (b"<html>" + pdf(), "a.pdf", "损坏"),
    "a PDF of nothing": (b"%PDF-1.7\n" + b"x" * 2000 + b"%%EOF", "a.pdf", "损坏"),
    "a PDF with a password": (
        pdf(trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"0" * 64 + b">/U<" + b"0" * 64 + b">/P -4>>/ID[<00><00>]"), "a.pdf", "密码"
    ),
    "a PDF that forbids printing": (restricted_pdf(), "a.pdf", "限制"),
    "a script": (pdf(b"/OpenAction 5 0 R", SCRIPT), "a.pdf", "自己运行"),
    "a script in disguise": (pdf(b"/OpenAction 5 0 R", SCRIPT.replace(b"JavaScript", b"J#61vaScript").replace(b"/JS", b"/#4aS")), "a.pdf", "自己运行"),
    "a script that is packed": (packed_pdf(SCRIPT), "a.pdf", "自己运行"),
    "a script behind false lengths": (pdf(b"/OpenAction 6 0 R", b"<</A<</Length 9999>>/B(endobj)/Length 3>>stream\nabc\nendstream", SCRIPT), "a.pdf", "自己运行"),
    "a program to start": (pdf(page=b"/AA<</O<</S/Launch/F(cmd.exe)>>>>"), "a.pdf", "自己运行"),
    "an address that opens by itself": (pdf(b"/OpenAction<</S/URI/URI(http://example.org)>>"), "a.pdf", "自己运行"),
    "an address after a jump": (pdf(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(http://example.org)>>>>"), "a.pdf", "自己运行"),
    "a file inside": (
        pdf(b"/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>", b"<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>", b"<</Type/EmbeddedFile/Length 1>>stream\na\nendstream"),
        "a.pdf",
        "夹着",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_would_do_harm_is_refused_in_words_that_help(case: str) -> None:
    data, name, word = HOSTILE[case]
    assert word in reason(data, name)


def test_an_archive_with_a_password_is_refused() -> None:
    data = paper().replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert "密码" in reason(data, "a.docx")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("关于\u202efdp.xcod.docx", "关于fdp.xcod.docx"),
        ("a\u200f\u2066\0\r\nb.docx", "a  b.docx"),
        ("../../etc/passwd.docx", "passwd.docx"),
        ("C:\\Users\\a\\方案.docx", "方案.docx"),
        ("村" * 300 + ".docx", "村" * 60 + ".docx"),
        (" .docx. ", "1.docx"),
        ("a\ud800.DOCX", "a\ufffd.DOCX"),
        ('"; filename=x.html;.docx', "; filename=x.html;.docx"),
    ],
)
def test_a_name_is_made_plain(given: str, name: str) -> None:
    assert prepare_document(paper(), given).name == name


def test_the_first_page_of_a_pdf_is_drawn_when_that_is_soon_done() -> None:
    page = prepare_document(pdf(), "a.pdf").page
    assert page is not None
    assert page.jpeg.startswith(b"\xff\xd8")
    assert (page.width, page.height) == (480, 680)
    endless = b"q " * 3_000_000
    slow = pdf(b"", b"<</Length %d>>stream\n%s\nendstream" % (len(endless), endless)).replace(
        b"Contents 4", b"Contents 5"
    )
    assert prepare_document(slow, "a.pdf").page is None
