"""A mail server of the tests' own, which takes letters, refuses them, fails, or takes them and falls silent."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


class PostOffice(socketserver.ThreadingTCPServer):
    """``mood`` says how the next letter fares: take, refuse (5xx for the address), fail (4xx), silent (taken, but never said so)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.taken: list[EmailMessage] = []
        self.mood = "take"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Counter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        office = cast(PostOffice, self.server)
        self.say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word == b"RCPT" and office.mood == "refuse":
                self.say("550 nobody of that name")
            elif word == b"DATA":
                self.say("354 go on")
                body = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    body += part
                if office.mood == "fail":
                    self.say("451 later")
                    continue
                office.taken.append(cast(EmailMessage, message_from_bytes(body, policy=default)))
                if office.mood == "silent":
                    return
                self.say("250 taken")
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def open_office() -> Iterator[PostOffice]:
    """A mail server on a port of its own."""
    with PostOffice() as office:
        thread = threading.Thread(target=office.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield office
        finally:
            office.shutdown()
            thread.join()
