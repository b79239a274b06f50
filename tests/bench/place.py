"""An application on a database of its own, filled from the demo, for benches."""

import http.client
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from flask import Flask

from config import load
from forum import create_app
from forum.demo.loading import DATA
from forum.extensions import db, limiter
from tests.browsing import Browser

SECRET = "for benches only, and long enough for them"


@contextmanager
def application(kept: str | None = None, database_url: str | None = None) -> Iterator[tuple[Flask, Path]]:
    """An application on an empty database in a folder that goes away, or on what is ``kept`` in a folder and at a database's address."""
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="forum-bench-") as folder:
        vectors = os.environ.get("SEARCH_VECTORS") or "false"
        settings = {"SECRET_KEY": SECRET, "DATA_DIR": folder, "DATABASE_URL": database_url or ""}
        app = create_app(load(settings | {"SEARCH_VECTORS": vectors}))
        app.test_client_class = Browser
        limiter.enabled = False
        with app.app_context():
            db.create_all()
            yield app, Path(folder)


def sentences() -> list[str]:
    """Every sentence of the demo's threads: real words to make many texts of."""
    found = []
    for path in sorted(DATA.glob("threads-*.json")):
        for thread in json.loads(path.read_text(encoding="utf-8")):
            for text in (thread["body"], *(reply["body"] for reply in thread.get("replies", ()))):
                found += [s + "。" for s in text.replace("\n", "").split("。") if len(s) > 8]
    return found


def text_of(choose: random.Random, parts: list[str], length: int = 150) -> str:
    """A text of about that many characters."""
    text = ""
    while len(text) < length:
        text += choose.choice(parts)
    return text


def until_up(port: int) -> None:
    """Wait until the server answers. Raises SystemExit when it does not."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("the server did not come up")


def percentile(values: list[float], p: float) -> float:
    """The value below which the part ``p`` of the values lies."""
    return sorted(values)[min(len(values) - 1, int(p * len(values)))]


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)
