"""Figures, apart from the tests: ``python -m tests.bench [pages] [search] [questions] [asking] [memory] [hall] [themes] [reading] [audit] [tags] [takeout] [ten]`` (all without a name).

Ratios are taken within one run, turn by turn, in CPU time: this machine's wall clock and its absolute speed are noise.
"""

import sys
from collections.abc import Callable

from tests.bench.asking import asking
from tests.bench.audit import audit
from tests.bench.hall import hall
from tests.bench.memory import memory
from tests.bench.pages import pages
from tests.bench.questions import questions
from tests.bench.reading import reading
from tests.bench.search import search
from tests.bench.tags import tags
from tests.bench.takeout import takeout
from tests.bench.ten import ten
from tests.bench.themes import themes

BENCHES: dict[str, Callable[[], None]] = {
    "pages": pages,
    "search": search,
    "questions": questions,
    "asking": asking,
    "memory": memory,
    "hall": hall,
    "themes": themes,
    "reading": reading,
    "audit": audit,
    "tags": tags,
    "takeout": takeout,
    "ten": ten,
}


def main(names: list[str]) -> None:
    """Run the benches named, or all."""
    unknown = set(names) - set(BENCHES)
    if unknown:
        raise SystemExit(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    for name in names or BENCHES:
        print(f"== {name}", flush=True)
        BENCHES[name]()


main(sys.argv[1:])
