"""A hall of two hundred phones on a real server: each looks every five seconds, and fifty people sign in within ten seconds.

On SQLite, or on the PostgreSQL database that ``BENCH_DATABASE_URL`` names (it must be empty).
"""

import http.client
import os
import random
import re
import subprocess
import tempfile
import threading
import time
from datetime import timedelta
from urllib.parse import urlencode

import flask_migrate

from config import load
from forum import create_app
from forum.accounts.sessions import cookie_name
from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.models import Attendance
from forum.meetings.signing_codes import code_at
from forum.operations.run import commands
from forum.units.models import Role
from tests.bench.place import percentile, until_up
from tests.browsing import session_token
from tests.factories import make_actor, make_world
from tests.meetings.makers import make_item, make_meeting

PHONES, SIGNING, SECONDS, EVERY = 200, 50, 40, 5.0
QUIET_AFTER = 20  # seconds: everybody has signed in
PORT = 8977


def hall() -> None:
    """Print what the polling costs of one core, how long signing in takes, and whether anybody was lost or counted twice."""
    with tempfile.TemporaryDirectory(prefix="forum-bench-") as folder:
        env = {"SECRET_KEY": "for benches only, and long enough for them", "DATA_DIR": folder, "PORT": str(PORT)}
        if url := os.environ.get("BENCH_DATABASE_URL"):
            env["DATABASE_URL"] = url
        app = create_app(load(env))
        with app.app_context():
            flask_migrate.upgrade()
            world = make_world()
            meeting = make_meeting(world, starts_at=utcnow() + timedelta(minutes=5))
            make_item(world, meeting, minutes_planned=20)
            people = [make_actor(f"书记{n}", Role.DEPUTY, world.village) for n in range(PHONES)]
            cookies = [f"{cookie_name()}={session_token(person)}" for person in people]
            sitting, meeting_id = meeting.main_sitting.id, meeting.id
            code = code_at(sitting, utcnow())
            db.session.remove()
            db.engine.dispose()
        server = subprocess.Popen(commands(load(env))["web"], env={**os.environ, **env})
        try:
            _measure(server.pid, cookies, meeting_id, sitting, code)
        finally:
            server.terminate()
            server.wait()
        with app.app_context():
            signed = db.session.scalars(
                db.select(Attendance.person_id).where(
                    Attendance.sitting_id == sitting, Attendance.signed_at.is_not(None)
                )
            ).all()
            print(f"signed in: {len(signed)} of {SIGNING}, twice: {len(signed) - len(set(signed))}")
            db.session.remove()
            db.engine.dispose()


def _measure(pid: int, cookies: list[str], meeting_id: int, sitting: int, code: str) -> None:
    statuses: list[int] = []
    waits: list[float] = []
    ends = time.monotonic() + SECONDS

    def request(cookie: str, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        sent = {"Cookie": cookie, "Accept-Encoding": "gzip", **headers}
        if body:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{PORT}"}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        answer.text = answer.read()  # type: ignore[attr-defined]
        connection.close()
        statuses.append(answer.status)
        return answer

    def look(cookie: str) -> None:
        tag = ""
        time.sleep(random.uniform(0, EVERY))
        while time.monotonic() < ends:
            answer = request(cookie, "GET", f"/meetings/{meeting_id}/now", **({"If-None-Match": tag} if tag else {}))
            tag = answer.getheader("ETag") or tag
            time.sleep(EVERY + random.random())

    def sign(cookie: str) -> None:
        time.sleep(random.uniform(8, 18))
        began = time.monotonic()
        page = request(cookie, "GET", f"/here/{sitting}/{code}", **{"Accept-Encoding": "identity"})
        mine = (page.getheader("Set-Cookie") or "").partition(";")[0]
        fields = dict(re.findall(r'name="(csrf_token|once|proof)"[^>]*value="([^"]*)"', page.text.decode()))  # type: ignore[attr-defined]
        request(f"{cookie}; {mine}", "POST", f"/here/{sitting}", urlencode(fields))
        waits.append(time.monotonic() - began)

    until_up(PORT)
    before = _cpu_of(pid)
    threads = [threading.Thread(target=look, args=(cookie,)) for cookie in cookies]
    threads += [threading.Thread(target=sign, args=(cookie,)) for cookie in cookies[:SIGNING]]
    for thread in threads:
        thread.start()
    time.sleep(QUIET_AFTER)
    quiet = _cpu_of(pid)
    time.sleep(SECONDS - QUIET_AFTER)
    polling = _cpu_of(pid) - quiet
    for thread in threads:
        thread.join()
    used = _cpu_of(pid) - before
    kinds = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"{len(statuses)} answers in {SECONDS} s: {kinds}; 5xx: {sum(s >= 500 for s in statuses)}")
    print(
        f"signing in, page and tap: median {percentile(waits, 0.5) * 1000:.0f} ms, p95 {percentile(waits, 0.95) * 1000:.0f} ms"
    )
    print(f"CPU of the server while nothing changes: {100 * polling / (SECONDS - QUIET_AFTER):.1f} % of one core")
    print(f"first pages and signing in included: {used:.2f} s in all")


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children, those still running included."""
    total, ticks = 0.0, os.sysconf("SC_CLK_TCK")
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                parts = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry) == pid or int(parts[1]) == pid:
            total += (int(parts[11]) + int(parts[12])) / ticks
    return total
