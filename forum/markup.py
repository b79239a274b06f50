"""Markdown to safe HTML: the only maker of ``Markup`` in the project.

``forum.village_markdown`` reads the text with raw HTML switched off, and nh3 lets nothing through but a short list of
tags without styles, classes, ids or pictures: two walls, each of which holds alone.
"""

import html
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache

import nh3
from markupsafe import Markup, escape

from forum.village_markdown import SCHEMES, to_html, to_plain_html

MAX_TYPED = 20_000
"""Characters a person may type into one body; forms refuse more."""
MAX_IMPORTED = 100_000
"""Characters an imported body may have; importers refuse more."""

_INLINE_TAGS = {"a", "br", "code", "em", "strong"}
_BLOCK_TAGS = {"blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "ul"}
_TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
_SANITIZER = nh3.Cleaner(
    tags=_INLINE_TAGS | _BLOCK_TAGS | _TABLE_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}, "*": set()},  # "*": else nh3 keeps title and lang
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
_STRIPPER = nh3.Cleaner(tags=set(), link_rel=None)
_PLAIN_LINE = re.compile(r"<(p|h[1-6])>(?:[^<]|</?(?:strong|em)>)*</\1>")
_LONGEST_TITLE_LINE = 500  # with Markdown's marks
_TAG = re.compile(r'<(/?)([a-z0-9]+)(?: [a-z-]+="[^"]*")*>')  # as the sanitiser writes them
_NOT_SAID = {"a", "blockquote", "code"}  # what stands there is another's, or no speech
AN_AT = re.compile("[@＠]")
_CALLED = re.compile(r"(?<![A-Za-z0-9._+-])[@＠]([^\W_][\w·•]{1,39})")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")  # nh3 takes only what is valid UTF-8


@lru_cache(maxsize=16)
def render(text: str) -> str:
    """Return the safe HTML of a body, to be stored beside it when it is written.

    Never raises and never refuses: a text with more lines and marks than a person writes, or longer than
    ``MAX_IMPORTED``, comes out as plain paragraphs. The last few texts are remembered: a long one takes up to half a second, so a
    view renders what was sent before anything is loaded, and the action that stores it does not keep other writers waiting.
    """
    return _safe_html(text)


def _safe_html(text: str) -> str:
    text = _LONE_SURROGATES.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    return _SANITIZER.clean(to_html(text) if len(text) <= MAX_IMPORTED else to_plain_html(text))


def stored(html: str) -> Markup:
    """Mark HTML that ``render`` made and the database kept as safe to show; never give it anything else."""
    return Markup(html)  # noqa: S704 - the one place; its argument came out of the sanitiser


def called(html: str) -> list[str]:
    """Return what follows each @ in HTML that ``render`` made, as far as it can belong to a name; not in quotations, links and code."""
    return [m[1] for piece, is_said in _pieces(html) if is_said for m in _CALLED.finditer(piece)]


def longest_known(words: str, known: Container[str]) -> str:
    """Return the longest beginning of what follows an @ that is known as a name; nothing when none is."""
    return next((words[:end] for end in range(len(words), 1, -1) if words[:end] in known), "")


def with_names(html: str, links: Mapping[str, str]) -> Markup:
    """Return HTML that ``render`` made, to be shown, with these names after an @ leading to the addresses beside them (none: marked only)."""

    def linked(match: re.Match[str]) -> str:
        name = longest_known(match[1], links)
        if not name:
            return match[0]
        href = Markup(' href="{}"').format(links[name]) if links[name] else ""
        tag = "a" if href else "b"
        return f'<{tag} class="mention"{href}>{match[0][0]}{escape(name)}</{tag}>{match[1][len(name) :]}'

    pieces = (_CALLED.sub(linked, piece) if is_said else piece for piece, is_said in _pieces(html))
    return stored("".join(pieces))


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """HTML cut at its tags, each piece with whether it is what the writer says himself."""
    done = inside = 0
    for tag in _TAG.finditer(html):
        yield html[done : tag.start()], not inside
        yield tag[0], False
        if tag[2] in _NOT_SAID:
            inside += -1 if tag[1] else 1
        done = tag.end()
    yield html[done:], not inside


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
    return title[:sentence_end] if sentence_end > length // 6 else title[: length - 1].rstrip() + "…"


def below_title(text: str, title: str) -> str:
    """Return what of a body is to be shown below its title: all of it but a first line that says, whole, what the title says.

    The line stays where dropping it would take more than words: a link, or the beginning of a list, a table or a quotation.
    """
    line, _, rest = text.lstrip().partition("\n")
    if len(line) > _LONGEST_TITLE_LINE or "|" in line + rest.partition("\n")[0] or _plain_words(line) != title:
        return text
    return rest if _PLAIN_LINE.fullmatch(_safe_html(line)) else text


_MARK, _MARK_END = Markup("<mark>"), Markup("</mark>")


def highlight(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Return plain text, escaped, with the ``(start, end)`` spans of the original marked; overlapping spans are merged."""
    shown: list[str] = []
    done = 0
    for start, end in _merged(spans, len(text)):
        shown += [text[done:start], _MARK, text[start:end], _MARK_END]
        done = end
    return Markup("").join([*shown, text[done:]])  # which escapes whatever is plain text


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


def _plain_words(text: str) -> str:
    return " ".join(html.unescape(_STRIPPER.clean(_safe_html(text))).split())
