"""Running a few programs side by side: they live together and end together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

PATIENCE_SECONDS = 15.0  # for the request or the piece of work in hand
GLANCE_SECONDS = 0.2


def run_together(commands: Mapping[str, Sequence[str]], on_end: Callable[[str, int], None]) -> int:
    """Run commands until one ends or SIGINT, SIGTERM or SIGHUP comes, then end them all, with every process they started.

    Returns 0 after a signal; else the status of the one that ended, never 0, after ``on_end`` was told its name and status.
    """
    running: dict[str, subprocess.Popen[bytes]] = {}
    with _stop_signals() as is_stopping:
        try:
            for name, command in commands.items():
                # In a session of its own: Ctrl-C reaches it through us alone, and its group can be ended as a whole.
                running[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603
            while not is_stopping():
                for name, process in running.items():
                    if (status := process.poll()) is not None:
                        on_end(name, status)
                        return 128 - status if status < 0 else status or 1
                time.sleep(GLANCE_SECONDS)
            return 0
        finally:
            _end(running.values())


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # itself if it did not listen, and whoever it left behind
        process.wait()


@contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
