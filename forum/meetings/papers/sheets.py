"""Tables as an XLSX file. Whatever a cell says is text: nobody's name is ever a formula."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\\/*?:\[\]']")


def workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """One sheet: its title over the whole width, a head that stays in sight and is printed on each page, and the rows."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _NOT_IN_A_NAME.sub(" ", title)[:31].strip() or "1"
    thin = Side(style="thin")
    for number, cells in enumerate([(title,), headers, *rows], 1):
        for column, value in enumerate(cells, 1):
            cell = sheet.cell(number, column)
            cell.value = _NOT_XML.sub("", value)
            cell.data_type, cell.number_format = "s", "@"
            cell.alignment = Alignment(vertical="center", horizontal="center" if number < 3 else None, wrap_text=True)
            cell.font = Font(name="宋体", size=16 if number == 1 else 12, bold=number < 3)
            if number > 1:
                cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        # Said outright, for not every program makes room by itself; a Chinese character is two wide.
        fits = zip(cells, widths, strict=False) if number > 1 else ()
        lines = max((-(-2 * len(value) // (width - 1)) for value, width in fits), default=2)
        sheet.row_dimensions[number].height = 6 + 16 * max(lines, 1)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headers))
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes, sheet.print_title_rows = "A3", "2:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.page_setup.fitToWidth = 0, 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
