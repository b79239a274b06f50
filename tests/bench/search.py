"""Search over a hundred thousand imported threads, through the page, in a warm process."""

import json
import random
import time
from collections.abc import Iterator

from forum.threads.importing import import_threads
from tests.bench.place import application, median, percentile, sentences, text_of
from tests.factories import make_world

THREADS = 100_000
QUESTIONS = 300


def search() -> None:
    """Print how long importing and indexing took, and the p50 and p95 of the page for questions of three kinds."""
    parts = sentences()
    with application() as (app, _folder):
        world = make_world()
        browser = app.test_client()
        browser.sign_in_as(world.secretary)
        began = time.perf_counter()
        import_threads(_lines(parts), batch=2000)
        imported = time.perf_counter()
        result = app.test_cli_runner().invoke(args=["search", "rebuild"])
        assert result.exit_code == 0, result.output
        print(f"import {imported - began:.0f} s, index {time.perf_counter() - imported:.0f} s for {THREADS} threads")
        choose = random.Random(2)
        kinds = {
            "two characters": lambda: _piece(choose, parts, 2),
            "six characters": lambda: _piece(choose, parts, 6),
            "a sentence": lambda: choose.choice(parts)[:40],
        }
        for name, question in kinds.items():
            times, found = [], 0
            for _ in range(QUESTIONS):
                asked = question()
                began = time.perf_counter()
                page = browser.get("/search", query_string={"q": asked})
                times.append(1000 * (time.perf_counter() - began))
                assert page.status_code == 200
                found += "/threads/" in page.get_data(as_text=True)
            print(
                f"{name}: p50 {median(times):.1f} ms, p95 {percentile(times, 0.95):.1f} ms, {found}/{QUESTIONS} found something"
            )


def _lines(parts: list[str]) -> Iterator[str]:
    choose = random.Random(3)
    for number in range(THREADS):
        yield json.dumps({"external_id": f"bench-{number}", "body": text_of(choose, parts)}, ensure_ascii=False)


def _piece(choose: random.Random, parts: list[str], length: int) -> str:
    sentence = choose.choice(parts)
    at = choose.randrange(max(1, len(sentence) - length))
    return sentence[at : at + length]
