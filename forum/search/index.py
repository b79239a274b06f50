"""The search index: the only module that knows the engine, tantivy.

The index is derived from the database and may be lost at any time. It holds words and a few facts to filter by, never a
permission: whoever shows hits first intersects them with what the reader may see, and asks for the next ones (`offset`)
where too many fall away.

Hits come grouped: a thread appears once, whichever of its posts matched and however many. One text field holds title
and body, ranked by BM25 over the query's terms joined by OR. Queries are built term by term, never parsed, so that no
character of a query means anything to the engine.
"""

import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from tantivy import DocAddress, Document, FieldType, Index, Occur, Query, Schema, SchemaBuilder, Searcher

from . import generations
from .documents import EVERYTHING, KIND_NAMES, KINDS, Doc, Filters, Hit
from .generations import IndexUnavailable
from .terms import index_terms, query_terms

SCHEMA_VERSION = 3  # raised when the schema, KINDS or `index_terms` change: older indexes then count as missing

COMMON = 0.2  # of all documents: a single character that stands in more of them tells nothing, and costs the most
FEW = 500  # documents, among which nothing is common
QUERY_TERMS = 256  # a question has 30; a pasted letter is found by its beginning, and bounded in cost
REBUILD_BYTES = 128_000_000  # memory before a segment is written out
FOLLOW_BYTES = 15_000_000  # the engine's least, plenty for a second's changes

_STATE = "state"  # the key of the document that carries the writer's state
_INT64 = range(-(2**63), 2**63)


class Reader:
    """Asks the newest commit of the index in use; threads may share it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._folder = root
        self._pointer_mark: object = None
        self._commit_mark: object = None
        self._latest: Searcher
        self._is_common: dict[str, bool] = {}  # of single characters, in the latest commit

    def search(self, query: str, filters: Filters = EVERYTHING, limit: int = 20, offset: int = 0) -> list[Hit]:
        """Return the best results for `query`, best first, from the `offset`th on. No term, no result.

        Raises IndexUnavailable.
        """
        terms = query_terms(query)
        if not terms or limit < 1:
            return []
        searcher = self._searcher()
        asked = _query(self._telling(terms, searcher), filters)
        wanted = offset + limit
        size = searcher.num_docs
        depth = min(2 * wanted, size)
        with _engine():
            while True:
                # Without counting all matches the engine may skip documents that cannot reach the top.
                found = searcher.search(asked, depth, count=False).hits
                best = _grouped(searcher, found)
                if len(best) >= wanted or len(found) < depth or depth == size:
                    return best[offset:wanted]
                depth = min(4 * depth, size)

    def matches(self, query: str, filters: Filters = EVERYTHING, limit: int = 20, offset: int = 0) -> list[Hit]:
        """Return every document that matches, best first, several of one group too, from the `offset`th on.

        Without words all that the filters let through, newest first. For whoever must drop some of them before he groups
        the rest. Raises IndexUnavailable.
        """
        terms = query_terms(query)
        if limit < 1 or not (terms or filters != EVERYTHING):
            return []
        searcher = self._searcher()
        order = None if terms else "at"
        with _engine():
            asked = _query(self._telling(terms, searcher), filters)
            found = searcher.search(asked, limit, count=False, offset=offset, order_by_field=order).hits
            return _hits(searcher, found)

    def among(self, keys: Sequence[tuple[str, int]], query: str, filters: Filters = EVERYTHING) -> list[Hit]:
        """Return those of the documents with these keys that pass the filters, with what `query` scores in them: 0 for no term of it.

        Raises IndexUnavailable.
        """
        if not keys:
            return []
        searcher = self._searcher()
        among = Query.term_set_query(_SCHEMA, "key", [_key(kind, number) for kind, number in keys])
        asked = [(Occur.Must, Query.const_score_query(among, 0.0)), *_required(filters)]
        any_term = [(Occur.Should, _any_term(self._telling(query_terms(query), searcher)))]
        with _engine():
            found = searcher.search(Query.boolean_query(asked + any_term), len(keys), count=False).hits
            return _hits(searcher, found)

    def state(self) -> dict[str, Any]:
        """Return what was given to the newest commit. Raises IndexUnavailable."""
        return _state(self._searcher())

    def folder(self) -> Path:
        """Return the folder of the index in use. Raises IndexUnavailable."""
        self._searcher()
        return self._folder

    def _telling(self, terms: Sequence[str], searcher: Searcher) -> list[str]:
        """Return the terms that tell documents apart; all of them, where none does."""
        most, known, kept = max(COMMON * searcher.num_docs, FEW), self._is_common, []
        for term in terms[:QUERY_TERMS]:
            if len(term) == 1 and term not in known:
                with _engine():
                    known[term] = searcher.doc_freq("text", term) > most
            if len(term) > 1 or not known[term]:
                kept.append(term)
        return kept or list(terms[:QUERY_TERMS])

    def _searcher(self) -> Searcher:
        with self._lock:
            try:
                return self._refreshed()
            except IndexUnavailable:
                # A rebuild may have swept the folder between our look at the pointer and at the folder.
                self._index = None
                return self._refreshed()

    def _refreshed(self) -> Searcher:
        """Two looks at the file system tell whether anything changed since the last query."""
        mark = _mark(generations.pointer(self._root))
        if self._index is None or mark != self._pointer_mark:
            self._folder = generations.current(self._root, SCHEMA_VERSION)
            self._index = _opened(self._folder)
            self._pointer_mark, self._commit_mark = mark, None
        commit = _mark(self._folder / "meta.json")
        if commit is None:
            raise IndexUnavailable(f"{self._folder} holds no index")
        if commit != self._commit_mark:
            with _engine():
                self._index.reload()
                self._latest = self._index.searcher()
                self._is_common = {}
            self._commit_mark = commit
        return self._latest


class Writer:
    """Changes one generation. Nothing shows before `commit`, and what was not committed is lost with the writer."""

    def __init__(self, index: Index, memory: int, folder: Path) -> None:
        self.folder = folder
        with _engine():
            self._writer = index.writer(memory, num_threads=1)
            index.reload()
            self._state = _state(index.searcher())
        self.is_committed = False

    def apply(self, upserts: Iterable[Doc], deletes: Iterable[tuple[str, int]] = ()) -> None:
        """Remove the (kind, id) of `deletes`, then write each of `upserts` in place of what it was, if it was.

        Applying the same again changes nothing, so whoever is unsure whether a batch was committed repeats it.
        """
        self.is_committed = False
        for kind, number in deletes:
            with _engine():
                self._writer.delete_documents_by_term("key", _key(kind, number))
        for doc in upserts:
            document = _document(doc)  # outside, like the iteration itself: the caller's errors are not the engine's
            with _engine():
                self._writer.delete_documents_by_term("key", _key(doc.kind, doc.id))
                self._writer.add_document(document)

    def commit(self, state: dict[str, Any]) -> None:
        """Make everything applied visible and durable, together with `state`: a small JSON object, the caller's mark.

        The binding offers no payload for a commit, so the state is a document of its own, without terms. A commit
        holds all its documents or none, thus state and documents cannot come apart, whenever the process dies.
        Raises IndexUnavailable, also where the disk is full: then the last commit still stands.
        """
        document = Document()
        document.add_text("key", _STATE)
        document.add_text("state", json.dumps(state))
        with _engine():
            self._writer.delete_documents_by_term("key", _STATE)
            self._writer.add_document(document)
            self._writer.commit()
        self._state = state
        self.is_committed = True

    def state(self) -> dict[str, Any]:
        """Return what was given to the last commit, or {} before the first."""
        return self._state

    def close(self) -> None:
        """Drop what was not committed and let running merges end. Call it once."""
        with _engine():
            self._writer.wait_merging_threads()


def open_reader(root: Path) -> Reader:
    """Return a reader of the index under `root`, which it opens with the first question."""
    return Reader(root)


@contextmanager
def open_writer(root: Path) -> Iterator[Writer]:
    """Give the one writer of the index in use. Cheap enough (3 ms) to open for each batch.

    Raises IndexUnavailable where a rebuild is needed and WriterBusy where somebody else writes.
    """
    with generations.writing(root):
        folder = generations.current(root, SCHEMA_VERSION)
        with closing(Writer(_opened(folder), FOLLOW_BYTES, folder)) as writer:
            yield writer


@contextmanager
def rebuild(root: Path) -> Iterator[Writer]:
    """Give the writer of a new, empty index, which takes the place of the one in use when the block ends well.

    Commit before the block ends, else ValueError; after any error the index in use stays. Raises WriterBusy.
    """
    with generations.writing(root):
        try:
            in_use = generations.current(root, SCHEMA_VERSION)
        except IndexUnavailable:
            in_use = None
        generations.sweep(root, keep=in_use)
        folder = generations.create(root)
        try:
            with _engine():
                index = Index(_SCHEMA, str(folder))
            with closing(Writer(index, REBUILD_BYTES, folder)) as writer:
                yield writer
            if not writer.is_committed:
                raise ValueError("a rebuild must commit what it applied")
            generations.switch(root, folder, SCHEMA_VERSION)
            in_use = folder
        finally:
            generations.sweep(root, keep=in_use)


@contextmanager
def _engine() -> Iterator[None]:
    """Turn whatever the engine says of a damaged or unwritable index into IndexUnavailable."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexUnavailable(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a Rust panic arrives; it has no importable class
            raise
        raise IndexUnavailable(str(error)) from error


def _schema() -> Schema:
    # Integers are signed: an unsigned field takes a Python int without complaint and fails at the commit.
    builder = SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("kind", indexed=True, fast=True)
    builder.add_integer_field("id", fast=True)
    builder.add_integer_field("group", fast=True)
    builder.add_text_field("thread_kind", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("tag", indexed=True)
    builder.add_integer_field("township", indexed=True)
    builder.add_integer_field("year", indexed=True)
    builder.add_integer_field("unit", indexed=True)
    builder.add_integer_field("author", indexed=True)
    builder.add_integer_field("at", indexed=True, fast=True)
    builder.add_boolean_field("answered", indexed=True)
    builder.add_text_field("state", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


_SCHEMA = _schema()


def _opened(folder: Path) -> Index:
    with _engine():
        index = Index.open(str(folder))
        index.config_reader("manual")  # the reader looks for itself, without a watching thread
    return index


def _mark(path: Path) -> object:
    """Return something that changes whenever the file is replaced, None where it is missing."""
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _key(kind: str, number: int) -> str:
    return f"{kind}:{number}"


def _document(doc: Doc) -> Document:
    kind = KINDS[doc.kind]
    # The first line of a post often became its title: then the body already writes the title once.
    titles = kind.titles - doc.body.startswith(doc.title)
    document = Document()
    document.add_text("key", _key(doc.kind, doc.id))
    document.add_text(
        "text", " ".join(index_terms(doc.title) * titles + index_terms(doc.body) + index_terms(doc.conclusion))
    )
    document.add_integer("kind", kind.code)
    document.add_integer("id", doc.id)
    document.add_integer("group", doc.group)
    document.add_integer("year", doc.year)
    document.add_boolean("answered", doc.answered)
    document.add_integer("at", doc.at)
    for tag in doc.tags:
        document.add_integer("tag", tag)
    for field, number in (("township", doc.township), ("unit", doc.unit), ("author", doc.author)):
        if number is not None:
            document.add_integer(field, number)
    if doc.thread_kind is not None:
        document.add_text("thread_kind", doc.thread_kind)
    return document


def _query(terms: list[str], filters: Filters) -> Query:
    wanted = [(Occur.Must, _any_term(terms))] if terms else []
    required = _required(filters)
    return Query.boolean_query([*wanted, *required]) if required else _any_term(terms)


def _any_term(terms: list[str]) -> Query:
    return Query.boolean_query([(Occur.Should, Query.term_query(_SCHEMA, "text", term)) for term in terms])


def _required(filters: Filters) -> list[tuple[Occur, Query]]:
    required = [
        Query.term_set_query(_SCHEMA, field, allowed)
        for field, asked, allowed in (
            ("kind", filters.kinds, [KINDS[kind].code for kind in filters.kinds]),
            ("thread_kind", filters.thread_kinds, list(filters.thread_kinds)),
            ("tag", filters.tags, [tag for tag in filters.tags if tag in _INT64]),
            ("township", filters.townships, [township for township in filters.townships if township in _INT64]),
            ("year", filters.years, [year for year in filters.years if year in _INT64]),
            ("unit", filters.units, list(filters.units)),
            ("author", filters.authors, list(filters.authors)),
        )
        if asked
    ]
    if filters.answered is not None:
        required.append(Query.term_query(_SCHEMA, "answered", filters.answered))
    if filters.since is not None:
        required.append(Query.range_query(_SCHEMA, "at", FieldType.Integer, filters.since))
    # A filter decides, but adds nothing to the score.
    return [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in required]


def _hits(searcher: Searcher, found: list[tuple[float, DocAddress]]) -> list[Hit]:
    addresses = [address for _score, address in found]
    fields = (_integers(searcher, field, addresses) for field in ("kind", "id", "group"))
    return [
        Hit(KIND_NAMES[code], number, group, score)
        for (score, _address), code, number, group in zip(found, *fields, strict=True)
    ]


def _grouped(searcher: Searcher, found: list[tuple[float, DocAddress]]) -> list[Hit]:
    return grouped(_hits(searcher, found))


def grouped(hits: Iterable[Hit]) -> list[Hit]:
    """Return the best hit of each thread or card, in the order of `hits`, which come best first."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        best.setdefault((KINDS[hit.kind].result, hit.group), hit)
    return list(best.values())


def _integers(searcher: Searcher, field: str, addresses: list[DocAddress]) -> list[int]:
    return cast(list[int], searcher.fast_field_values(field, addresses))  # every document has these fields


def _state(searcher: Searcher) -> dict[str, Any]:
    with _engine():
        found = searcher.search(Query.term_query(_SCHEMA, "key", _STATE), 1, count=False).hits
        stored = searcher.doc(found[0][1]).get_first("state") if found else None
    return json.loads(stored) if stored else {}
