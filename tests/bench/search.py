"""Search over a hundred thousand threads with a million posts: finding, the whole page, and the page beside ten people who write.

On SQLite, or on the empty PostgreSQL database that ``BENCH_DATABASE_URL`` names; ``BENCH_PLACE`` keeps the district for the next time.
"""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask

from forum.extensions import db
from forum.search.documents import EVERYTHING
from forum.search.place import knows_meaning
from forum.search.queries import find, sight_of
from forum.units.actors import Actor
from tests.bench.place import percentile
from tests.bench.search_place import district
from tests.bench.search_writers import beside_writers
from tests.browsing import Browser

QUESTIONS = 60
FOUND = 20
PATIENT = 60.0  # seconds that a vector is waited for, so that each question costs one

Times = dict[tuple[str, str], list[float]]  # of what, on which clock, in milliseconds


def search() -> None:
    """Print, as docs/search.md has it, p50 and p95 of finding and of the whole page, by words and by both, then beside ten writers."""
    with district() as (app, reader, parts):
        print(f"{db.engine.dialect.name}, ms, p50 / p95; each question's vector made anew")
        ways = ["words", "both"] if knows_meaning() else ["words"]
        columns = [f"{what} by {way}" for what in ("finding", "the page") for way in ways]
        print(f"| question | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
        for name, question in kinds_of_questions(parts).items():
            times = measured(app, reader, question, ways)
            for clock in ("CPU", "wall"):
                cells = [figures(times[column, clock]) for column in columns]
                print(f"| {name}, {clock} | {' | '.join(cells)} |", flush=True)
        print(
            f"memory: {resident('Anonymous'):.0f} MB of its own, {resident('Rss'):.0f} MB with what is mapped and shared"
        )
        beside_writers(app, reader, kinds_of_questions(parts)["a sentence"])


def kinds_of_questions(parts: list[str]) -> dict[str, Callable[[], str]]:
    """Three kinds of questions, each a maker of the next one."""
    choose = random.Random(2)
    return {
        "two characters": lambda: _piece(choose, parts, 2),
        "six characters": lambda: _piece(choose, parts, 6),
        "a sentence": lambda: choose.choice(parts)[:40],
    }


def measured(app: Flask, reader: Actor, question: Callable[[], str], ways: list[str]) -> Times:
    """Ask in all ways in turn, so that what else the machine does falls on all alike."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in_as(reader)
    times: Times = {}
    for number in range(QUESTIONS + 5):
        asked = question()
        for way in ways:
            with (
                patch("forum.search.encoder.REMEMBERED", 0),
                patch("forum.search.lists.find", partial(find, patience=PATIENT)),
                patch("forum.search.queries.knows_meaning", lambda: False) if way == "words" else nullcontext(),
            ):
                for what, do in (("finding", _find), ("the page", _page)):
                    cpu, wall = time.process_time(), time.perf_counter()
                    do(app, browser, reader, asked)
                    if number >= 5:  # the first ones load and map
                        times.setdefault((f"{what} by {way}", "CPU"), []).append(1000 * (time.process_time() - cpu))
                        times.setdefault((f"{what} by {way}", "wall"), []).append(1000 * (time.perf_counter() - wall))
    return times


def _find(app: Flask, _browser: Browser, reader: Actor, asked: str) -> Any:
    with app.test_request_context():
        find(sight_of(reader), asked, EVERYTHING, FOUND + 1, PATIENT)
        db.session.remove()


def _page(_app: Flask, browser: Browser, _reader: Actor, asked: str) -> Any:
    assert browser.get("/search", query_string={"q": asked}).status_code == 200


def figures(values: list[float]) -> str:
    """The middle one and the one that few are above."""
    return f"{percentile(values, 0.5):.0f} / {percentile(values, 0.95):.0f}"


def resident(kind: str) -> float:
    """Memory of this process in MB."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{kind}:"))) / 1024


def _piece(choose: random.Random, parts: list[str], length: int) -> str:
    sentence = choose.choice(parts)
    at = choose.randrange(max(1, len(sentence) - length))
    return sentence[at : at + length]
