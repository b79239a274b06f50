"""Search over a hundred thousand imported threads, through the page, in a warm process."""

import json
import random
import time
from collections.abc import Iterator

from forum.extensions import db
from forum.search.documents import Filters
from forum.search.queries import find, sight_of
from forum.threads.importing import import_threads
from tests.bench.place import application, median, percentile, sentences, text_of
from tests.factories import make_world

THREADS = 100_000
QUESTIONS = 300


def search() -> None:
    """Print how long importing and indexing took, and the CPU time (p50, p95) of finding and of the whole page, for questions of three kinds."""
    parts = sentences()
    with application() as (app, _folder):
        world = make_world()
        browser = app.test_client()
        browser.sign_in_as(world.secretary)
        began = time.perf_counter()
        import_threads(lines(parts), batch=2000)
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
            finding: list[float] = []
            times: list[float] = []
            found = 0
            for _ in range(QUESTIONS):
                asked = question()
                began = time.process_time()
                with app.test_request_context():
                    find(sight_of(world.secretary), asked, Filters(), 20)
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


def lines(parts: list[str]) -> Iterator[str]:
    """A hundred thousand threads to import."""
    choose = random.Random(3)
    for number in range(THREADS):
        yield json.dumps({"external_id": f"bench-{number}", "body": text_of(choose, parts)}, ensure_ascii=False)


def _piece(choose: random.Random, parts: list[str], length: int) -> str:
    sentence = choose.choice(parts)
    at = choose.randrange(max(1, len(sentence) - length))
    return sentence[at : at + length]
