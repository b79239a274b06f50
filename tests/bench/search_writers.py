"""The search page of a real server, first in the quiet, then while ten people post."""

import http.client
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask
from sqlalchemy import select

from config import load
from forum.accounts.sessions import cookie_name
from forum.extensions import db
from forum.operations.run import commands
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Role, Unit
from tests.bench.place import SECRET, percentile, until_up
from tests.browsing import forms_of, session_token
from tests.factories import LONG_AGO, actor_of, make_person, save

WRITERS, EVERY = 10, 1.0  # seconds between two posts of one: more than 120 a minute are refused
ASKED = 40
PORT = 8976


class Phone:
    """Somebody signed in, on one connection."""

    def __init__(self, token: str) -> None:
        self._cookies = {cookie_name(): token}
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def get(self, path: str) -> tuple[int, str]:
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{PORT}"}
        return self._send("POST", path, urlencode(fields), kind)

    def _send(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, {"Cookie": cookie, **(more or {})})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        return answer.status, text


def beside_writers(app: Flask, reader: Actor, question: Callable[[], str]) -> None:
    """Print how long the page takes on the wall clock, quiet and beside writers, and what became of what they wrote."""
    me, writers = session_token(reader), [session_token(writer) for writer in _writers()]
    db.session.remove()
    db.engine.dispose()
    with _served(app):
        phone = Phone(me)
        _asked(phone, question)
        quiet = _asked(phone, question)
        statuses: list[int] = []
        is_over = threading.Event()
        threads = [
            threading.Thread(target=_write, args=(Phone(token), n, is_over, statuses))
            for n, token in enumerate(writers)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        busy = _asked(phone, question)
        took = time.monotonic() - began
        is_over.set()
        for thread in threads:
            thread.join()
    print("| the page by both, wall clock, p50 / p95 | quiet | beside ten writers | times |\n|---|---|---|---|")
    cells = [f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f}" for times in (quiet, busy)]
    ratios = [f"{percentile(busy, p) / percentile(quiet, p):.1f}" for p in (0.5, 0.95)]
    print(f"| a sentence | {' | '.join(cells)} | {' / '.join(ratios)} |")
    print(
        f"{len(statuses) / took:.0f} posts a second, refused: {sum(status != 303 for status in statuses)}", flush=True
    )


def _asked(phone: Phone, question: Callable[[], str]) -> list[float]:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        status, _page = phone.get(f"/search?q={quote(question())}")
        times.append(1000 * (time.perf_counter() - began))
        assert status == http.HTTPStatus.OK
    return times


def _write(phone: Phone, number: int, is_over: threading.Event, statuses: list[int]) -> None:
    page = f"/threads/{number + 1}"
    while not is_over.wait(EVERY * (0.5 + number / WRITERS)):
        _status, html = phone.get(page)
        form = next(form for form in forms_of(html) if urlsplit(form.action).path == f"{page}/posts")
        fields = dict(form.fields.items()) | {"body": f"我们村也是这样，第{len(statuses)}回说了。"}
        statuses.append(phone.post(f"{page}/posts", fields)[0])


def _writers() -> list[Actor]:
    """Ten people of one village; a kept district has them from the last time."""
    names = [f"执笔人{number}" for number in range(WRITERS)]
    village = db.session.scalars(select(Unit).where(Unit.name == "后柳村")).one()
    known = list(db.session.scalars(select(Person.id).where(Person.name.in_(names))))
    if not known:
        for number, name in enumerate(names):
            person = make_person(name, phone=f"198{number:08d}")
            known.append(person.id)
            save(Posting(person_id=person.id, unit_id=village.id, role=Role.DEPUTY, since=LONG_AGO))
    return [actor_of(number) for number in known]


@contextmanager
def _served(app: Flask) -> Iterator[None]:
    """A web server and a worker, as they are started in earnest; the worker makes no vectors, for none of the district's are in the database."""
    settings = app.extensions["settings"]
    env = {
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "PORT": str(PORT),
    }
    env |= {"SEARCH_VECTORS": "true", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    env = {**os.environ, **env}
    processes = [
        subprocess.Popen(command, env=env | ({"SEARCH_VECTORS": "false"} if name == "worker" else {}))
        for name, command in commands(load(env)).items()
    ]
    try:
        until_up(PORT)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
