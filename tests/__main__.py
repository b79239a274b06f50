"""The whole suite, as ``make test`` runs it: once on SQLite with the browser, once on PostgreSQL without what asks no database; says what
is left out.

``TEST_POSTGRES_URL`` names a PostgreSQL server; without it the one on this machine is tried. Where ``REQUIRE_ALL`` is set, a missing
server or browser is a failure. Arguments go to pytest.
"""

import os
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy import make_url

from tests.chromium import find_chromium

LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1/postgres"


def why_not(url: str) -> str:
    """Why the tests cannot run on this server, in one line; empty when they can."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return "" if row and row[0] else "the role is no superuser, and emptying tables needs one"


def run_pytest(database_url: str, arguments: list[str]) -> int:
    """One round of pytest on three processes; an empty url means SQLite."""
    # One more than there are cores, for a quarter of the time is waiting: for a browser, a lease, a server that was killed.
    # Whoever has nothing left takes over what the others have not begun: the long walks come near the end.
    command = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal", *arguments]
    return subprocess.run(command, env={**os.environ, "TEST_DATABASE_URL": database_url}, check=False).returncode


def main() -> int:
    """Run the rounds; the first status that is not 0."""
    arguments = sys.argv[1:]
    url = os.environ.get("TEST_POSTGRES_URL") or LOCAL_POSTGRES
    obstacle = why_not(url)
    left_out = [f"PostgreSQL ({obstacle})"] if obstacle else []
    if find_chromium() is None:
        left_out.append("the browser (no Chromium is installed and CHROMIUM names none)")
    if left_out:
        print("Left out:", "; ".join(left_out), flush=True)
        # Whoever names a server wants it tested.
        if os.environ.get("REQUIRE_ALL") or (obstacle and os.environ.get("TEST_POSTGRES_URL")):
            return 1
    print("On SQLite:", flush=True)
    status = run_pytest("", arguments)
    if not obstacle:
        print("On PostgreSQL:", flush=True)
        second = run_pytest(url, ["-m", "not browser and not pure", *arguments])
        status = status or (0 if second == pytest.ExitCode.NO_TESTS_COLLECTED else second)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
