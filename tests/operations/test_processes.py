"""What runs side by side ends together, with everything it started."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forum.operations import processes
from forum.operations.processes import run_together

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]


def ending(status: str) -> list[str]:
    return [sys.executable, "-c", f"import os, signal; {status}"]


@pytest.mark.parametrize(
    ("last_words", "told", "status"),
    [
        ("raise SystemExit(3)", 3, 3),
        ("raise SystemExit(0)", 0, 1),  # nobody asked it to end
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, 137),
    ],
)
def test_when_one_ends_the_others_follow(last_words: str, told: int, status: int) -> None:
    heard: list[tuple[str, int]] = []
    began = time.monotonic()
    assert run_together({"web": SLEEP, "worker": ending(last_words)}, lambda *end: heard.append(end)) == status
    assert heard == [("worker", told)]
    assert time.monotonic() - began < 10


def test_who_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.5)
    late = ending("import time; time.sleep(1); raise SystemExit(2)")
    began = time.monotonic()
    assert run_together({"deaf": STUBBORN, "late": late}, lambda name, status: None) == 2
    assert time.monotonic() - began < 10


PARENT = """
import subprocess, sys
from forum.operations.processes import run_together
child = [sys.executable, "-c", "import subprocess, sys, time; subprocess.Popen(['sleep', '61']); print('up', flush=True); time.sleep(60)"]
raise SystemExit(run_together({"web": child}, print))
"""


@pytest.fixture
def runner() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_behind(runner: subprocess.Popen[str], number: signal.Signals) -> None:
    [child] = children_of(runner.pid)
    [grandchild] = children_of(child)
    runner.send_signal(number)
    assert runner.wait(20) == 0
    assert gone(child)
    assert gone(grandchild)


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    """Whether a process ends within a moment: a killed one waits for its new parent to notice."""
    return eventually(
        lambda: not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    )


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()
