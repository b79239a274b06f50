"""The roster template to download. Its words are the file format itself, so they are not translated."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = {
    "township": "镇街",
    "area": "管区",
    "village": "村",
    "name": "姓名",
    "phone": "手机",
    "title": "职务",
    "since": "任职时间",
}
# An invented village and number. Rows that still say this are not imported.
EXAMPLE = {
    "township": "示例镇",
    "area": "第一管区",
    "village": "示例村",
    "name": "张示例",
    "phone": "13800000000",
    "title": "党支部书记",
    "since": "2024-03",
}
NOTES_SHEET = "填写说明"
_NOTES = (
    ("哪一列", "要不要填", "怎么填"),
    ("镇街", "本镇的名册可以不填", "写全称，如“示例镇”。可以合并单元格。"),
    ("管区", "没有管区就不填", "可以合并单元格。"),
    ("村", "村干部必填", "写全称，如“示例村”“示例社区”。镇街干部不填。"),
    ("姓名", "必填", "一行一个人。"),
    ("手机", "最好填", "11 位手机号，凭它登录；一格只写一个。"),
    ("职务", "必填", "如“党支部书记”“副书记”“组织委员”。认不出的职务，导入时会请您选一下。"),
    ("任职时间", "最好填", "开始任现职的年月或日期，如 2024-03 或 2024-03-15。"),
    ("其他列", "可有可无", "不读取。列的先后没有关系。"),
    ("示例行", "", "“名册”里灰色的一行是示例，请改成您的内容；留着不改，也不会导入。"),
)
_WIDTHS = (14, 14, 16, 12, 16, 22, 14, 40)
_TEXT = "@"


def template_workbook() -> bytes:
    """An XLSX with the header, one example row and a sheet that explains each column.

    Every column is formatted as text, so that a phone number keeps its digits and 2024-03 is not made into a day.
    """
    book = Workbook()
    roster = book.active
    assert isinstance(roster, Worksheet)
    roster.title = "名册"
    roster.append([*COLUMNS.values(), "备注"])
    roster.append([*(EXAMPLE[name] for name in COLUMNS), "这一行是示例，请改成您的内容；留着不改，也不会导入。"])
    roster.freeze_panes = "A2"
    notes = book.create_sheet(NOTES_SHEET)
    for line in _NOTES:
        notes.append(line)
    for sheet, widths in ((roster, _WIDTHS), (notes, (14, 22, 70))):
        for number, width in enumerate(widths, 1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = width
            column.number_format = _TEXT
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            cell.number_format = _TEXT
            cell.font = Font(bold=cell.row == 1, color="808080" if sheet is roster and cell.row == 2 else None)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
