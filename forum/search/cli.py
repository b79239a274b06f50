"""Search from the command line, and the worker's job that keeps the index up with the database.

The commands answer as a reader who sees all that is neither hidden nor narrowed. Results go to standard output and nothing
else does.
"""

import json
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

import click
from flask.cli import AppGroup

from forum.extensions import db, reading
from forum.notices.worker import register_job
from forum.search.documents import EVERYTHING, KINDS, Hit
from forum.search.follower import (
    bring_up_to_date,
    follow_changes,
    forget_old_changes,
    make_vectors,
    rebuild_index,
    when_free,
)
from forum.search.generations import IndexUnavailable
from forum.search.meaning import count_wanting
from forum.search.place import knows_meaning, looking
from forum.search.queries import find, names_outside, open_sight, titles_of

DAY = 24 * 3600
MOST = 1000
TOLD_EVERY = 5.0  # seconds

register_job("search", 1, follow_changes)
register_job("vectors", 1, make_vectors, turn_seconds=0)  # a piece at a time: a new text must be found meanwhile
register_job("old changes", DAY, forget_old_changes)

search = AppGroup("search", help="The search index.")
limit = click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST), help="How many results.")


@search.command("rebuild")
@click.option("--words-only", is_flag=True, help="Leave to the worker what vectors are wanting.")
def rebuild(words_only: bool) -> None:
    """Build the index anew from the database, while the old one answers, and make the vectors that are wanting.

    Vectors already made are kept: killed on the way, the command goes on from there when it is called again.
    """
    began = time.monotonic()

    def tell(done: int) -> None:
        click.echo(f"\r{done}", nl=False, err=True)

    try:
        done = when_free(lambda: rebuild_index(tell))
    except IndexUnavailable as error:
        raise click.ClickException(f"the index cannot be written: {error}") from None
    click.echo(f"\r{done} documents in {time.monotonic() - began:.1f} s", err=True)
    if not words_only:
        _make_all_vectors()


def _make_all_vectors() -> None:
    if not knows_meaning():
        click.echo("no vectors: the encoder is missing or switched off", err=True)
        return
    began = time.monotonic()
    with looking():
        wanting = count_wanting()
    told = began
    while make_vectors():
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            with looking():
                left = count_wanting()
            click.echo(f"\rvectors: {left} documents to go ", nl=False, err=True)
    bring_up_to_date()
    click.echo(f"\rvectors for {wanting} documents in {time.monotonic() - began:.1f} s", err=True)


@search.command("query")
@click.argument("text")
@limit
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def query(text: str, limit: int, as_json: bool) -> None:
    """Search for TEXT."""
    _bring_up_to_date()
    with reading():
        hits = find(open_sight(), text, EVERYTHING, limit, patience=None)
        names, titles = _names(hits), titles_of(hits)
    for hit, name, title in zip(hits, names, titles, strict=True):
        if as_json:
            found = {"id": name, "kind": KINDS[hit.kind].result, "title": title, "score": round(hit.score, 3)}
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            click.echo(f"{hit.score:7.2f}  {name}  {title}")


@search.command("batch")
@click.argument("queries", type=click.File(encoding="utf-8"))
@limit
def batch(queries: TextIO, limit: int) -> None:
    """Answer every line {"qid", "text"} of QUERIES with a line {"qid", "ids", "ms"}; a bad line is reported and skipped."""
    _bring_up_to_date()
    with reading():
        for qid, text in _asked(queries):
            began = time.perf_counter()
            ids = _names(find(open_sight(), text, EVERYTHING, limit, patience=None))
            ms = round(1000 * (time.perf_counter() - began), 2)
            db.session.rollback()
            click.echo(json.dumps({"qid": qid, "ids": ids, "ms": ms}, ensure_ascii=False))


def _asked(lines: TextIO) -> Iterator[tuple[object, str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            yield asked["qid"], str(asked["text"])
        except (ValueError, TypeError, KeyError):
            click.echo(f"line {number} skipped: it is not {{“qid”, “text”}}", err=True)


def _names(hits: Sequence[Hit]) -> list[str]:
    outside = names_outside(hits)
    keys = [(KINDS[hit.kind].result, hit.group) for hit in hits]
    return [outside.get(key) or f"{key[0]}:{key[1]}" for key in keys]


def _bring_up_to_date() -> None:
    try:
        bring_up_to_date()
    except IndexUnavailable as error:
        raise click.ClickException(f"the index cannot be written: {error}") from None
