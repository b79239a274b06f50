"""Markdown as villages type it, read by Python-Markdown. What comes out is not safe yet: ``forum.markup`` makes it so.

Most people type plain lines; a few know Markdown. So a text is first *settled*: each line that looks like Markdown only
by accident (``#1号楼``, ``>50岁``, ``2023. 春天``) is escaped, each that means it (``# 标题``, ``- 一条``) stands in a
block of its own kind. The settling also bounds the work that is left: Python-Markdown takes time with the square of
marks and nesting, and runs out of stack on deep ones.
"""

import html
import re
import xml.etree.ElementTree as etree
from itertools import groupby

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import EscapeInlineProcessor, InlineProcessor
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, Registry

MAX_PIECES = 4_000
"""Lines plus inline marks beyond which a text is shown as plain lines, and cells beyond which a table goes on as lines.

Nobody writes so many. Python-Markdown needs about 40 µs for each, more where they share a paragraph, and it fills a
short row up to the width of the header, so that cells can far outnumber characters.
"""
MAX_NESTING = 5
"""Lists in lists and quotes in quotes; deeper ones are shown as typed."""
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""Where a link may lead."""

_INLINE_MARKS = re.compile(r"[*`\[\\|&]|://")
_PLACEHOLDER_SIGNS = re.compile("[\x02\x03]")  # Python-Markdown's own; it would drop them only after the settling
_QUOTE = re.compile(r">(?: |$)")
# A paragraph is no heading, whatever stands before it. A closing backslash would swallow the end of the heading.
_HEADING = re.compile(r"(#{1,6}) +(\S.{0,199})(?<!\\)$")
_RULE = re.compile(r"(?:(?:- ?){3,}|(?:\* ?){3,})$")
_ITEM = re.compile(r"([-*]|([0-9]{1,3})\.) +(\S.*)")  # no "+": in village texts it opens a sum or a phone number
_SEPARATOR = re.compile(r"(?=.*\|)(?=.*-)[|: -]+$")  # between the header of a table and its rows
_LOOKS_LIKE_MARKUP = re.compile(r"[#>_]|[-+*] |[|: -]+$")
_LOOKS_NUMBERED = re.compile(r"(\d+)(\. .*)")
_IDEOGRAPHIC_SPACE = "\u3000"
_BLANKS = " \t\f\v"


def to_html(text: str) -> str:
    """Return the HTML of a text with lines ended by ``\\n``, still to be sanitised."""
    text = _PLACEHOLDER_SIGNS.sub("", text)
    if text.count("\n") + len(_INLINE_MARKS.findall(text)) > MAX_PIECES:
        return to_plain_html(text)
    lines = text.replace("&", "&amp;").expandtabs(4).split("\n")
    # A new parser for each text: it keeps state, and building it takes a fraction of a millisecond.
    parser = Markdown(extensions=[TableExtension(), SaneListExtension(), _VillageText()], output_format="html")
    return str(parser.convert("\n".join(_settle(lines))))


def to_plain_html(text: str) -> str:
    """Return a text as paragraphs of lines, without reading any Markdown in it."""
    paragraphs = re.split(r"\n\s*\n", html.escape(text.strip("\n"), quote=False))
    return "\n".join("<p>" + paragraph.replace("\n", "<br>\n") + "</p>" for paragraph in paragraphs)


def _settle(lines: list[str], depth: int = 0) -> list[str]:
    """Return the lines written so that Markdown reads each as its author meant it."""
    settled: list[str] = []
    for is_quoted, run in groupby(lines, lambda line: depth < MAX_NESTING and bool(_QUOTE.match(line))):
        settled.append("")
        if is_quoted:
            inner = "\n".join(_settle([line[2:] for line in run], depth + 1)).strip("\n")
            settled += ["> " + line for line in inner.split("\n")]
        else:
            settled += _settle_unquoted(list(run))
    return settled


def _settle_unquoted(lines: list[str]) -> list[str]:
    settled: list[str] = []
    kind = ""  # of the block that the last line belongs to; a blank line does not end a list
    items = _OpenItems()
    table_end = 0
    for at, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(_BLANKS))
        line = line.strip(_BLANKS)
        was, after_blank = kind, not settled or not settled[-1]
        in_list = was in ("ul", "ol")
        level = items.level_of(indent) if in_list else 0
        if not line.strip():
            line = ""
        elif at < table_end or (table_end := _end_of_table(lines, at)) > at:
            kind = "table"
            # What turns out to be no table after all must not be taken for something else.
            line = line if line.startswith("|") or _SEPARATOR.match(line) else _as_text(line)
        elif not indent and (heading := _HEADING.match(line)):
            kind = "heading"
            # The page's own titles are h1 and h2. Escaped, since Markdown would drop the last sign of "3#".
            line = "#" * min(len(heading[1]) + 2, 6) + " " + heading[2].replace("#", r"\#")
        elif not indent and _RULE.match(line):
            kind, line = "rule", "---"
        elif (item := _ITEM.match(line)) and (in_list or not indent) and items.add(item, indent, level, was):
            kind = was if level else "ol" if item[2] else "ul"
            line = " " * 4 * level + item[1] + " " + _as_text(item[3])
        elif in_list and indent > 1:
            line = " " * 4 * max(level, 1) * after_blank + _as_text(line)
        else:
            kind, line = "text", _as_text(line)
        if line and (kind != was or kind in ("heading", "rule")) and not after_blank:
            settled.append("")
        settled.append(line)
    return settled


class _OpenItems:
    """The item last seen at each level of a list: how far it was indented, and its number (0 for a bullet).

    HTML counts by itself, so a numbered line is an item only where HTML comes to the same number: it starts a list
    at 1, or goes on from the number before it.
    """

    def __init__(self) -> None:
        self.indents: list[int] = []
        self.numbers: list[int] = []

    def level_of(self, indent: int) -> int:
        """Return how many of the open items a line with this indent lies under."""
        return min(sum(indent >= known + 2 for known in self.indents), MAX_NESTING)

    def add(self, item: re.Match[str], indent: int, level: int, kind: str) -> bool:
        """Take the item in and return True, or return False if its number does not fit here."""
        last = self.numbers[level] if level < len(self.numbers) else 0
        number = int(item[2] or 0)
        is_counting = last > 0 and (level > 0 or kind == "ol")
        if item[2] and number != last + 1 and not (number == 1 and not is_counting):
            return False
        self.indents[level:] = [indent]
        # A numbered list goes on behind the bullets below one of its items, even if they are not indented.
        self.numbers[level:] = [number or last]
        return True


def _end_of_table(lines: list[str], at: int) -> int:
    """Return the index after the last line of the table that begins at ``at``, or 0 where none begins."""
    separator = lines[at + 1].strip(_BLANKS) if at + 1 < len(lines) else ""
    columns = lines[at].strip(_BLANKS).strip("|").count("|")
    if "|" not in lines[at] or not _SEPARATOR.match(separator) or columns != separator.strip("|").count("|"):
        return 0
    end = at + 2
    while end < len(lines) and "|" in lines[end] and (end - at) * (columns + 1) <= MAX_PIECES:
        end += 1
    return end


def _as_text(line: str) -> str:
    """Return a line escaped so that Markdown takes it for text."""
    if line.startswith(_IDEOGRAPHIC_SPACE):
        words = line.lstrip(_IDEOGRAPHIC_SPACE + _BLANKS)
        # Markdown strips the indent of a Chinese paragraph where it is a blank, not where it is an entity.
        return "&#12288;" * line.count(_IDEOGRAPHIC_SPACE, 0, len(line) - len(words)) + words
    if numbered := _LOOKS_NUMBERED.match(line):
        return numbered[1] + "\\" + numbered[2]
    return "\\" + line if _LOOKS_LIKE_MARKUP.match(line) else line


class _VillageText(Extension):
    """What is left of Python-Markdown: no raw HTML, no code blocks, no underlined headings, no hidden references."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in ("code", "setextheader", "reference"):
            md.parser.blockprocessors.deregister(name)
        md.ESCAPED_CHARS = list(r"#>_-+*.|:`[]")
        md.inlinePatterns = Registry()
        for priority, (name, pattern) in enumerate(
            [
                ("emphasis", _Emphasis(r"(?<![*\w])\*(?![\s*])([^*\n]*[^\s*])\*(?![*\w])", md)),
                ("strong", _Strong(r"(?<![*\d])\*\*(?![\s*、，；。,;])([^*\n]*[^\s*])\*\*(?![*\d])", md)),
                ("address", _Address(r"(?i)(?<![a-z0-9])https?://[a-z0-9_.~:/?#@!$&+,;=%-]*[a-z0-9_/~#$&+;=%-]", md)),
                ("link", _Link(r'!?\[([^\[\]\n]*)\]\(([^\s()]+(?:\([^\s()]*\)[^\s()]*)*)(?: +"[^"\n]*")?\)', md)),
                ("escape", EscapeInlineProcessor(r"\\(.)", md)),
                ("code", _Code(r"(?<![\\`])`([^`\n]+)`(?!`)", md)),
            ]
        ):
            md.inlinePatterns.register(pattern, name, priority)
        md.treeprocessors.register(InlineTreeprocessor(md), "inline", 20)  # the first one holds the former patterns
        md.treeprocessors.register(_LineBreaks(md), "line_breaks", 15)  # after "inline", before "prettify"


Handled = tuple[etree.Element | str | None, int | None, int | None]


class _Emphasis(InlineProcessor):
    """``*one star*`` stands free of words: 张*明、李*华 are people, 3*5*2 is a sum."""

    tag = "em"

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        element = etree.Element(self.tag)
        element.text = m[1]
        return element, m.start(), m.end()


class _Strong(_Emphasis):
    """``**two stars**`` may touch words, as Chinese has no blanks, but not digits: 138****5678 is a phone number."""

    tag = "strong"

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        is_inside_words = re.match(r"\w", data[m.start() - 1 : m.start()]) and re.match(
            r"\w", data[m.end() : m.end() + 1]
        )
        if is_inside_words and re.search(r"[、\s]", m[1]):  # 王**明、李**华
            return None, None, None
        return super().handleMatch(m, data)


class _Link(InlineProcessor):
    """A link, or a picture shown as a link: pages fetch nothing from other hosts."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        words, address = m[1].strip(), m[2].strip("<>")
        if not address.lower().startswith(tuple(scheme + ":" for scheme in SCHEMES)):
            return (words, m.start(), m.end()) if m[0].startswith("!") else (None, None, None)
        link = etree.Element("a", href=address)
        link.text = words or AtomicString(address)
        return link, m.start(), m.end()


class _Address(InlineProcessor):
    """A bare web address; it ends before Chinese words and before the full stop of its sentence."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        link = etree.Element("a", href=m[0])
        link.text = AtomicString(m[0])
        return link, m.start(), m.end()


class _Code(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        code = etree.Element("code")
        code.text = AtomicString(m[1])
        return code, m.start(), m.end()


class _LineBreaks(Treeprocessor):
    """Lines stay lines. Done on the finished tree, as an inline pattern would copy the paragraph for every line."""

    def run(self, root: etree.Element) -> None:
        for element in list(root.iter()):
            children: list[etree.Element] = []
            element.text = _break_into(children, element.text)
            for child in list(element):
                children.append(child)
                child.tail = _break_into(children, child.tail)
            element[:] = children


def _break_into(children: list[etree.Element], text: str | None) -> str:
    """Return the first line of a text, adding a ``<br>`` that carries each further line to ``children``."""
    first, *others = (text or "").split("\n")
    for line in others:
        children.append(etree.Element("br"))
        children[-1].tail = line
    return first
