"""Markdown to safe HTML: the only maker of ``Markup`` in the project.

Villages type plain lines; a few people know Markdown. So the text is first *settled*: every line that only looks like
Markdown by accident (``#1号楼``, ``>50岁``, ``2023. 春天``) is escaped, and every line that means it (``# 标题``, ``- 一条``)
stands in a block of its own kind. Python-Markdown then reads the settled text with raw HTML switched off, and nh3 lets
through nothing but a short list of tags. The settling also bounds what Python-Markdown has to do: nesting, table cells
and the number of marks are capped beforehand, because its time grows with their square.
"""

import html
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import EscapeInlineProcessor, InlineProcessor
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, Registry
from markupsafe import Markup, escape

MAX_TYPED = 20_000
"""Characters a person may type into one body; forms refuse more."""
MAX_IMPORTED = 100_000
"""Characters an imported body may have; importers refuse more."""

MAX_PIECES = 5_000
"""Lines plus inline marks beyond which a text is shown as plain lines: nobody writes so many, and Python-Markdown needs
about 40 µs for each, more when they share a paragraph."""
MAX_NESTING = 5
"""Lists in lists and quotes in quotes; deeper ones are shown as typed. Python-Markdown reads the rest again per level."""
MAX_CELLS = 2_000
"""Cells of one table. A short row is filled up to the width of the header, so cells can far outnumber characters."""

_SCHEMES = ("http", "https", "mailto", "tel")
_SANITIZER = nh3.Cleaner(
    tags=set("a blockquote br code em h3 h4 h5 h6 hr li ol p strong table tbody td th thead tr ul".split()),
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes=set(_SCHEMES),
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
_STRIPPER = nh3.Cleaner(tags=set(), link_rel=None)

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_INLINE_MARKS = re.compile(r"[*`\[\\|]|://")
_QUOTE = re.compile(r">(?: |$)")
_HEADING = re.compile(r"(#{1,6}) +(\S.*)(?<!\\)$")  # a closing backslash would swallow the end that Markdown looks for
_RULE = re.compile(r"(?:(?:- ?){3,}|(?:\* ?){3,})$")
_ITEM = re.compile(r"([-*]|(\d{1,3})\.) +(\S.*)")  # no "+": in village texts it opens a sum or a phone number
_LOOKS_LIKE_MARKUP = re.compile(r"[#>_]|[-+*] |[|: -]+$")
_LOOKS_NUMBERED = re.compile(r"(\d+)(\. .*)")
_IDEOGRAPHIC_SPACE = "\u3000"
_BLANKS = " \t\f\v"


def render(text: str) -> str:
    """Return the safe HTML of a body, to be stored beside it when it is written.

    Never raises and never refuses: a text with more lines and marks than a person writes, or longer than
    ``MAX_IMPORTED``, comes out as plain paragraphs.
    """
    text = _LONE_SURROGATES.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    if len(text) > MAX_IMPORTED or text.count("\n") + len(_INLINE_MARKS.findall(text)) > MAX_PIECES:
        return _SANITIZER.clean(_plain(text))
    lines = text.replace("&", "&amp;").expandtabs(4).split("\n")
    # A new parser for each text: it keeps state, and building it takes a fraction of a millisecond.
    parser = Markdown(extensions=[TableExtension(), SaneListExtension(), _VillageText()], output_format="html")
    return _SANITIZER.clean(parser.convert("\n".join(_settle(lines))))


def stored(html: str) -> Markup:
    """Mark HTML that ``render`` made and the database kept as safe to show; never give it anything else."""
    return Markup(html)


def excerpt(text: str, length: int = 80) -> str:
    """Return a body as one plain line of at most ``length`` characters for lists and notices, "…" where it is cut."""
    beginning = text[: length * 4]  # marks and link addresses take room too; the rest of a long body need not be read
    plain = _plain_words(beginning)
    if len(plain) <= length and len(beginning) == len(text):
        return plain
    return plain[: length - 1].rstrip() + "…"


def title_from(text: str, length: int = 60) -> str:
    """Return the first line that says something as a title of at most ``length`` characters, without Markdown's marks.

    A long line is cut after its last sentence that fits, unless that leaves too little to tell threads apart.
    """
    line = re.search(r"^.*\w.*$", text, re.MULTILINE) or re.search(r"\S.*", text)
    title = _plain_words(line.group()[: length * 8]) if line else ""
    if len(title) <= length:
        return title
    sentence_end = max(title.rfind(mark, 0, length) for mark in "。！？；!?") + 1
    return title[:sentence_end] if sentence_end > length // 4 else title[: length - 1].rstrip() + "…"


def highlight(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Return plain text, escaped, with the ``(start, end)`` spans of the original marked; overlapping spans are merged."""
    shown: list[Markup] = []
    done = 0
    for start, end in _merged(spans, len(text)):
        shown += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*shown, escape(text[done:])])


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _plain(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", html.escape(text.strip("\n"), quote=False))
    return "\n".join("<p>" + paragraph.replace("\n", "<br>\n") + "</p>" for paragraph in paragraphs)


def _plain_words(text: str) -> str:
    return " ".join(html.unescape(_STRIPPER.clean(render(text))).split())


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
    numbers = [0]  # the number last given at each level of the open list
    table_end = 0
    for at, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(_BLANKS))
        line = line.strip(_BLANKS)
        was, after_blank = kind, not settled or not settled[-1]
        in_list = was in ("ul", "ol")
        level = min((indent + 2) // 4, len(numbers), MAX_NESTING) if in_list else 0
        if not line.strip():
            line = ""
        elif at < table_end or (table_end := _end_of_table(lines, at)) > at:
            kind = "table"
        elif not indent and (heading := _HEADING.match(line)):
            kind = "heading"
            # The page's own titles are h1 and h2. Escaped, since Markdown would drop the last sign of "3#".
            line = "#" * min(len(heading[1]) + 2, 6) + " " + heading[2].replace("#", r"\#")
        elif not indent and _RULE.match(line):
            kind, line = "rule", "---"
        elif (item := _ITEM.match(line)) and (in_list or not indent) and _counts_on(item, numbers, level, was):
            del numbers[level + 1 :]
            numbers[level:] = [int(item[2] or (numbers[level] if level < len(numbers) else 0))]
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


def _counts_on(item: re.Match[str], numbers: list[int], level: int, kind: str) -> bool:
    """Tell whether a numbered line starts a list at 1 or continues it: HTML counts by itself and would show another number."""
    if not item[2]:
        return True
    last = numbers[level] if level < len(numbers) else 0
    is_open = last > 0 and (level > 0 or kind == "ol")
    return int(item[2]) == last + 1 or (item[2] == "1" and not is_open)


def _end_of_table(lines: list[str], at: int) -> int:
    """Return the index after the last line of the table that begins at ``at``, or 0 where none begins."""
    separator = lines[at + 1].strip(_BLANKS) if at + 1 < len(lines) else ""
    columns = lines[at].strip(_BLANKS).strip("|").count("|")
    if "|" not in lines[at] or not {"|", "-"} <= set(separator) <= set("|-: ") or columns != separator.strip("|").count("|"):
        return 0
    end = at + 2
    while end < len(lines) and "|" in lines[end] and (end - at) * (columns + 1) <= MAX_CELLS:
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
                ("address", _Address(r"(?i)(?<![a-z0-9])https?://[\w.~:/?#@!$&+,;=%-]*[\w/~#$&+;=%-]", md)),
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
        is_inside_words = re.match(r"\w", data[m.start() - 1 : m.start()]) and re.match(r"\w", data[m.end() : m.end() + 1])
        if is_inside_words and re.search(r"[、\s]", m[1]):  # 王**明、李**华
            return None, None, None
        return super().handleMatch(m, data)


class _Link(InlineProcessor):
    """A link, or a picture shown as a link: pages fetch nothing from other hosts."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:
        words, address = m[1].strip(), m[2].strip("<>")
        if not address.lower().startswith(tuple(scheme + ":" for scheme in _SCHEMES)):
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


def _break_into(children: list[etree.Element], text: str | None) -> Any:
    """Return the first line of a text, adding a ``<br>`` that carries each further line to ``children``."""
    first, *others = (text or "").split("\n")
    for line in others:
        children.append(etree.Element("br"))
        children[-1].tail = line
    return first
