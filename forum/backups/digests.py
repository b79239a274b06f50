"""What a database holds, in one line a table: how a copy is known to be equal to what was copied."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Rows = Callable[[str], Iterator[tuple[Any, ...]]]

_WIDTH = 256


def digest_tables(names: Iterable[str], rows_of: Rows) -> dict[str, str]:
    """For each table the number of its rows and a digest of them (``"12:9f3c…"``), whatever order they come in.

    The digest is the sum of the rows' SHA-256 values modulo 2^256: sorting a large table would cost more than reading it, and two
    databases may sort texts differently. Values are compared as the driver gives them, so only copies on the same kind of database
    have equal digests.
    """
    return {name: _digest(rows_of(name)) for name in sorted(names)}


def _digest(rows: Iterator[tuple[Any, ...]]) -> str:
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big")
    return f"{count}:{total % 2**_WIDTH:064x}"
