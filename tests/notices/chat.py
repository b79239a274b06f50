"""A chat of the tests' own, whose robot takes messages, fails, throttles, lets one wait, or takes them and says nothing."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "take": (200, {"errcode": 0, "errmsg": "ok"}),
    "fail": (500, {}),
    "throttle": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
    "bad key": (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
    "busy": (429, {}),
}


class Chat(ThreadingHTTPServer):
    """``mood`` says how the next message fares; ``read`` is what the group has read, ``asked`` how often it was spoken to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Robot)
        self.mood = "take"
        self.read: list[str] = []
        self.queries: list[dict[str, list[str]]] = []
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Robot(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        chat = cast(Chat, self.server)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chat.queries.append(parse_qs(urlsplit(self.path).query))
        if chat.mood in ("take", "hang", "drop"):
            chat.read.append(body["text"]["content"])
        time.sleep(chat.pause)
        if chat.mood == "hang":
            time.sleep(1)
        if chat.mood in ("hang", "drop"):
            self.close_connection = True
            return
        if chat.mood == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{chat.url}/elsewhere")
            self.end_headers()
            return
        status, answer = ANSWERS[chat.mood]
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def open_chat() -> Iterator[Chat]:
    """A chat on a port of its own."""
    with Chat() as chat:
        thread = threading.Thread(target=chat.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield chat
        finally:
            chat.shutdown()
            thread.join()
