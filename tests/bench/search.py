"""Search over a hundred thousand imported threads, through the page, in a warm process."""

import json
import os
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask

from forum.extensions import db
from forum.search.documents import Filters
from forum.search.encoder import CURRENT, DIMENSIONS
from forum.search.follower import rebuild_index
from forum.search.index import open_reader
from forum.search.matrix import MatrixWriter, Packed
from forum.search.pieces import packed
from forum.search.place import index_root, knows_meaning
from forum.search.queries import find, sight_of
from forum.threads.importing import import_threads
from forum.units.actors import Actor
from tests.bench.place import application, median, percentile, sentences, text_of
from tests.browsing import Browser
from tests.factories import make_world

THREADS = int(os.environ.get("BENCH_THREADS", 100_000))
QUESTIONS = 300
PIECES = 3  # vectors of a thread


def search() -> None:
    """Print how long importing and indexing took, and the CPU time (p50, p95) of finding and of the whole page: by words, then by meaning too."""
    parts = sentences()
    os.environ["SEARCH_VECTORS"] = "true"
    with application() as (app, _folder):
        reader = make_world().secretary
        began = time.perf_counter()
        import_threads(lines(parts), batch=2000)
        imported = time.perf_counter()
        rebuild_index()
        print(f"import {imported - began:.0f} s, index {time.perf_counter() - imported:.0f} s for {THREADS} threads")
        measure(app, reader, parts, None)
        if knows_meaning():
            began = time.perf_counter()
            fill_matrix()
            print(f"{PIECES * THREADS} vectors at random in {time.perf_counter() - began:.0f} s")
            with (
                patch("forum.search.encoder.REMEMBERED", 0),
                patch("forum.search.lists.find", partial(find, patience=None)),
            ):
                measure(app, reader, parts, None)
        print(f"memory: {resident('Anonymous'):.0f} MB of its own, {resident('Rss'):.0f} MB with what is mapped")


def fill_matrix() -> None:
    """Vectors as the follower would have written them: embedding so many texts takes a night."""
    import numpy as np

    choose = np.random.default_rng(1)
    documents = (
        (("thread", number), Packed(*packed(_unit_rows(choose.normal(0.1, 1, (PIECES, DIMENSIONS))))))
        for number in range(1, THREADS + 1)
    )
    MatrixWriter(open_reader(index_root()).folder()).create(CURRENT, documents)


def _unit_rows(rows: Any) -> Any:
    import numpy as np

    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def measure(app: Flask, reader: Actor, parts: list[str], patience: float | None) -> None:
    """Ask questions of three kinds."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in_as(reader)
    choose = random.Random(2)
    kinds = {
        "two characters": lambda: _piece(choose, parts, 2),
        "six characters": lambda: _piece(choose, parts, 6),
        "a sentence": lambda: choose.choice(parts)[:40],
    }
    for name, question in kinds.items():
        finding: list[float] = []
        times: list[float] = []
        found = 0
        for _ in range(QUESTIONS):
            asked = question()
            began = time.process_time()
            with app.test_request_context():
                find(sight_of(reader), asked, Filters(), 20, patience)
                db.session.remove()
            finding.append(1000 * (time.process_time() - began))
            began = time.process_time()
            page = browser.get("/search", query_string={"q": asked})
            times.append(1000 * (time.process_time() - began))
            assert page.status_code == 200
            found += "/threads/" in page.get_data(as_text=True)
        print(f"{name}: {found}/{QUESTIONS} found something")
        for what, taken in (("finding", finding), ("the whole page", times)):
            print(f"  {what}: p50 {median(taken):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms CPU", flush=True)


def resident(kind: str) -> float:
    """Memory of this process in MB."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{kind}:"))) / 1024


def lines(parts: list[str]) -> Iterator[str]:
    """A hundred thousand threads to import."""
    choose = random.Random(3)
    for number in range(THREADS):
        yield json.dumps({"external_id": f"bench-{number}", "body": text_of(choose, parts)}, ensure_ascii=False)


def _piece(choose: random.Random, parts: list[str], length: int) -> str:
    sentence = choose.choice(parts)
    at = choose.randrange(max(1, len(sentence) - length))
    return sentence[at : at + length]
