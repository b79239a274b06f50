"""An official paper after GB/T 9704-2012: its red head, who was there, and the imprint at its foot."""

from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor

from forum.word import CENTRE, FANGSONG, FOUR, HEI, KAI, LEFT, THREE, TITLE, WIDTH, Paper, element, hang, rule, run

RED = RGBColor(0xE6, 0x00, 0x00)
HEAD = 32  # points, where the name is short enough for one line
THICK, THIN = 8, 6  # eighths of a point: 0.35 mm and 0.25 mm


class OfficialPaper(Paper):
    """Minutes as an office issues them."""

    def letterhead(self, name: str, number: str, issuer: str, day: str, signatory: str = "") -> None:
        """The red head, 35 mm below the upper edge of the text: name, number, who signs, who issues it and when, and a red line."""
        size = Pt(max(18, min(HEAD, int(WIDTH.pt / max(len(name), 1)))))
        head = self.line(name, TITLE, size, CENTRE)
        head.paragraph_format.space_before, head.paragraph_format.line_spacing = Mm(35), Pt(48)
        head.runs[0].font.color.rgb = RED
        self.blank()
        if signatory:  # the number on the left, whoever signs on the right, a character from the edge
            line = self.line(f"{number}\t签发人：")
            run(line, signatory, KAI, THREE)
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = THREE
            line.paragraph_format.tab_stops.add_tab_stop(Mm(150), WD_TAB_ALIGNMENT.RIGHT)
        else:
            self.line(number, side=CENTRE)
        line = self.line(f"{issuer}\t{day}")
        line.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        rule(line, "bottom", "E60000", 18, space=6)
        self.blank()

    def people(self, label: str, names: str) -> None:
        """出席, 请假 and the like: the word in 黑体, further lines of names below the first."""
        self.named(label, names, font=HEI)

    def imprint(self, sent: list[tuple[str, str]], issuer: str, day: str) -> None:
        """版记, at the foot of the last page between two thick lines: to whom it is sent, who printed it and when."""
        table = self.document.add_table(rows=len(sent) + 1, cols=1)
        table.autofit, table.columns[0].width = False, WIDTH
        for (label, names), row in zip(sent, table.rows, strict=False):
            line = row.cells[0].paragraphs[0]
            run(line, f"{label}：{names}。", FANGSONG, FOUR)
            hang(line, FOUR, 1, len(label) + 1)
        last = table.rows[-1].cells[0].paragraphs[0]
        run(last, f"{issuer}\t{day}印发", FANGSONG, FOUR)
        last.paragraph_format.left_indent = FOUR
        last.paragraph_format.tab_stops.add_tab_stop(Mm(151), WD_TAB_ALIGNMENT.RIGHT)
        for number, row in enumerate(table.rows):
            row._tr.get_or_add_trPr().append(element("cantSplit"))
            row.cells[0].width = WIDTH
            row.cells[0].paragraphs[0].paragraph_format.right_indent = FOUR
            _rule_cell(row.cells[0], THIN if number else THICK, THICK if number == len(sent) else 0)
        _stand_at_foot(table)
        self.line("", size=Pt(1)).paragraph_format.line_spacing = Pt(1)  # what holds the table


def _rule_cell(cell: Any, above: int, below: int) -> None:
    borders = element("tcBorders")
    for side, width in (("top", above), ("bottom", below)):
        if width:
            borders.append(element(side, val="single", sz=str(width), space="0", color="000000"))
    cell._tc.get_or_add_tcPr().append(borders)


def _stand_at_foot(table: Any) -> None:
    """Hold a table at the lower edge of the text, whatever stands above it, its lines as wide as the text."""
    # Counted from the edge of the page: LibreOffice lets a table float beside the text only when it is narrower.
    place = element("tblpPr", vertAnchor="margin", horzAnchor="page", tblpX=str(LEFT.twips), tblpYSpec="bottom")
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="0", type="dxa"))
    properties = table._tbl.tblPr
    properties.insert_element_before(place, "w:tblOverlap", "w:tblW", "w:jc", "w:tblLayout", "w:tblLook")
    properties.insert_element_before(margins, "w:tblLook")
