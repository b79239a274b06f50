"""The search index behind the interface that retrieval benchmarks expect: a factory of search functions."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from forum.search.documents import Doc
from forum.search.index import open_reader, rebuild


def factory(docs: list[dict[str, str]]) -> Callable[[str, int], list[str]]:
    """Index `docs` ({"id", "title", "body"}) as threads; return search(text, k) -> ids, best first."""
    root = Path(tempfile.mkdtemp(prefix="retrieval-"))
    with rebuild(root) as writer:
        writer.apply(
            Doc(kind="thread", id=number, group=number, title=doc["title"], body=doc["body"], year=2020)
            for number, doc in enumerate(docs)
        )
        writer.commit({})
    reader = open_reader(root)
    return lambda text, k: [docs[hit.id]["id"] for hit in reader.search(text, limit=k)]
