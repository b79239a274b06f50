"""How text becomes the terms that are searched, and where a query's terms stand in a text.

Chinese is cut into single characters and overlapping pairs (乡村 becomes 乡, 村 and 乡村), which finds as well as words
from a dictionary do and needs none. Latin words and numbers are terms as a whole. Width, capitals and traditional characters
are levelled, and blanks between Chinese characters mean nothing: they come from pasted columns and from speech input.

Whoever changes what `index_terms` returns raises `index.SCHEMA_VERSION`, so that old indexes are built anew.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from forum.search.sayings import said_otherwise
from forum.search.traditional import simplified

Span = tuple[int, int]

LONGEST_WORD = 64  # a longer run of letters and digits is a link or a serial number: its head tells it apart
FOLDS_KEPT = 8192  # characters
LONG_TEXT = 2000  # characters in which a result's words are placed
SENTENCE_END = re.compile(r"[。！？；!?;\n]")

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BLANK = (
    "\\s\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff"  # with what has no width: joiners, marks of direction, variants
)
_INNER_BLANKS = re.compile(f"(?<=[{_HAN}])[{_BLANK}]+(?=[{_HAN}])")
_RUN = re.compile(f"(?P<han>[{_HAN}](?:[{_BLANK}]*+[{_HAN}])*)|[^\\W_{_HAN}]+")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")

# What people say around their question. Words that also carry a question's meaning (申请, 需要, 应该 …) stay: dropping
# them, or the plain prepositions, found less. A look-around spares longer words with the same characters at one end.
_STOP = re.compile(
    """
    (?:尊敬的|各位)领导 | 您好 | 你好 | 大家好 | 谢谢 | 麻烦 | 求教
    | (?:我|我们)?想(?:请问|请教|咨询|问)(?:一下|下)? | 请问(?:一下|下)? | 请教(?:一下|下)? | (?:咨询|问)一下
    | 谁知道 | 有人知道 | 有谁知道 | 不知道 | 反映
    | 为什么 | 为啥 | 为何 | 怎么回事 | 咋回事 | (?:怎么|咋)(?:办(?![理证事])|样|弄|整|着) | 怎么 | 怎样 | 咋 | 如何
    | 什么样 | 什么 | 啥 | 哪些 | 哪里 | 哪儿 | 哪个
    | 有没有 | 是不是 | 能不能 | 可不可以 | 会不会 | 要不要 | 该不该 | 行不行 | 是否 | 能否 | 可否
    | 关于 | 问题 | (?<!目)的(?![确士]) | 吗(?!啡) | (?<!毛)呢(?!绒) | 嘛 | 啊 | 呀 | 啦
    """,
    re.VERBOSE,
)


def index_terms(text: str) -> list[str]:
    """Return every term of `text`, repeats included, since how often a term occurs counts."""
    return _terms(_fold(text))


def query_terms(query: str, *, others: bool = True) -> list[str]:
    """Return the different terms that `query` asks for, without stop words unless it holds nothing else.

    With `others` come the words that mean the same by `sayings`, without their single characters: 三资 also asks for 资产.
    """
    return list(_query_terms(query, others))


@lru_cache(maxsize=256)
def _query_terms(query: str, others: bool) -> tuple[str, ...]:
    # A page of results asks for those of its question some hundred times.
    folded = _INNER_BLANKS.sub("", _fold(query))
    # A full stop takes the place of what is dropped, lest its neighbours make a pair that nobody wrote.
    terms = _terms(_STOP.sub("。", folded)) or _terms(folded)
    if others:
        terms += [term for word in said_otherwise(folded) for term in _terms(word) if len(term) > 1]
    return tuple(dict.fromkeys(terms))


@lru_cache(maxsize=256)
def _wanted(query: str) -> frozenset[str]:
    return frozenset(query_terms(query))


def runs_of(query: str) -> list[str]:
    """Return what `query` says in one breath, piece by piece, without stop words: 潜水泵, 灌溉 of “潜水泵怎么灌溉”."""
    breaths = _STOP.sub(" ", _fold(query)).split()
    return [run[0] for breath in breaths for run in _RUN.finditer(breath)]


def match_spans(text: str, query: str, *, characters: bool = True) -> list[Span]:
    """Return which characters of `text`, as it stands, to highlight for `query`: sorted (start, end), never touching.

    Whole words and pairs count; single characters only where no word or pair of the query occurs, and only if `characters`.
    """
    wanted = _wanted(query)
    if not wanted:
        return []
    folded, origin = _folded(text)
    spans = list(_placed(folded, wanted, 2)) or (list(_placed(folded, wanted, 1)) if characters else [])
    return _merged([(origin[start], origin[end - 1] + 1) for start, end in spans])


def part_with(text: str, query: str, length: int = LONG_TEXT) -> str:
    """Return the part of a long text in which its first word or pair of `query` stands; the beginning where none does.

    Placing every term of a text costs a hundred times as much as looking for the first few.
    """
    if len(text) <= length:
        return text
    words = [re.escape(term) for term in query_terms(query) if len(term) > 1]
    found = re.search("|".join(words), text, re.IGNORECASE) if words else None
    start = max(found.start() - length // 4, 0) if found else 0
    return text[start : start + length]


def snippet(text: str, spans: list[Span], length: int = 120) -> tuple[str, list[Span]]:
    """Return the part of `text` that shows most of what `spans` highlight in it, and the spans in that part.

    The part has at most `length` characters, and an ellipsis where the text goes on.
    """
    if len(text) <= length:
        return text, spans
    start = _best_start(text, spans, length)
    end = min(start + length, len(text))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    inside = [(max(a, start) + shift, min(b, end) + shift) for a, b in spans if a < end and b > start]
    return before + text[start:end] + after, inside


def _fold(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text).lower())


class _Folds(dict[int, str]):
    """What each character is folded to. Folded one by one a text may differ from the same text folded whole (letters followed
    by a combining mark). Then a match goes without its highlight, which is the price for knowing where each character came from.
    """

    def __missing__(self, code: int) -> str:
        if len(self) > FOLDS_KEPT:
            self.clear()
        self[code] = folded = _fold(chr(code))
        return folded


_folds = _Folds()


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text folded character by character, and for each of them the place in `text` it came from: ㎡ makes two."""
    folded = text.translate(_folds)
    if len(folded) == len(text):  # none is folded to nothing: then each made one
        return folded, range(len(text))
    return folded, [place for place, character in enumerate(text) for _ in _folds[ord(character)]]


def _terms(folded: str) -> list[str]:
    terms: list[str] = []
    for run in _RUN.finditer(_INNER_BLANKS.sub("", folded)):
        if run["han"]:
            terms.extend(run["han"])
            terms.extend(a + b for a, b in pairwise(run["han"]))
        else:
            terms.append(run[0][:LONGEST_WORD])
    return terms


def _placed(folded: str, wanted: frozenset[str], length: int) -> Iterator[Span]:
    """Yield where single Chinese characters (`length` 1) that are wanted stand, or pairs and words (2)."""
    for run in _RUN.finditer(folded):
        han, start = run["han"], run.start()
        if not han:
            if length > 1 and run[0][:LONGEST_WORD] in wanted:
                yield run.span()
            continue
        places: Sequence[int] = range(start, run.end())
        if _INNER_BLANKS.search(han):
            places = [found.start() for found in _HAN_CHARACTER.finditer(folded, start, run.end())]
            han = "".join(folded[place] for place in places)
        for number in range(len(han) - length + 1):
            if han[number : number + length] in wanted:
                yield places[number], places[number + length - 1] + 1


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _best_start(text: str, spans: list[Span], length: int) -> int:
    """Return where the window of `length` begins whose different matches are longest, the earliest of equals."""
    lead = length // 6
    best, best_weight, looked_to = 0, 0, -1
    for number, (start, _end) in enumerate(spans):
        if start < looked_to:
            continue  # a window this close to the last one would show nearly the same
        looked_to = start + lead
        begin = _sentence_start(text, max(start - lead, 0), start)
        seen: set[str] = set()
        for a, b in spans[number:]:
            if a >= begin + length:
                break
            seen.add(text[a : min(b, begin + length)].lower())
        weight = sum(map(len, seen))
        if weight > best_weight:
            best, best_weight = begin, weight
    return min(best, len(text) - length)


def _sentence_start(text: str, low: int, high: int) -> int:
    """Return the place after the last sentence end between `low` and `high`, or `low` where there is none."""
    ends = [found.end() for found in SENTENCE_END.finditer(text, low, high)]
    return ends[-1] if ends else low
