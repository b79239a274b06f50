"""``make run``: the forum starts from nothing, keeps its data, and leaves no process behind."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import make_database

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "forum.operations.run"]

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def env(tmp_path: Path, port: int) -> dict[str, str]:
    known = ("SECRET_KEY", "DEBUG", "HOST", "PUBLIC_URL")
    kept = {name: value for name, value in os.environ.items() if name not in known}
    own = {"DATA_DIR": str(tmp_path / "instance"), "DATABASE_URL": make_database("_run", tmp_path), "PORT": str(port)}
    return kept | own


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    pytest.fail(f"ended without saying {words}: {seen}")


def test_it_starts_twice_and_stops(start: Start, port: int, tmp_path: Path) -> None:
    first = start()
    said = read_until(first, "1990")
    assert f"http://127.0.0.1:{port}" in said
    assert "没有加密" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert answer.status == 200
    first.send_signal(signal.SIGINT)
    assert first.wait(30) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
    key = (tmp_path / "instance" / "secret_key").read_text()

    second = start()
    said = read_until(second, "1990")
    assert "第一次" not in said
    assert re.search(r"1990\d{7}  ", said)
    assert (tmp_path / "instance" / "secret_key").read_text() == key


def test_a_taken_port_is_said_in_one_line(env: dict[str, str], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        ended = subprocess.run(COMMAND, cwd=ROOT, env=env, text=True, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"127.0.0.1 的 {port} 端口用不了")
    assert ended.stderr.count("\n") == 1
