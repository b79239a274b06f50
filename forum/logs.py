"""Structured logs with a request id: what was asked and how it ended, never who wrote what.

A path can carry a secret (an activation code, a calendar key), so only the route's pattern is ever logged.
"""

import logging
import re
import secrets
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("forum")


def configure(*, debug: bool) -> None:
    """One JSON object a line on standard error (readable lines when debugging)."""
    renderer: Any = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_rows(logger: Any, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Cut out what PostgreSQL adds to an error: the failing row, with everything somebody wrote into it."""
    if "exception" in event:
        event["exception"] = re.sub(
            r"DETAIL:.*?(?=\n\[SQL|\n\nThe above exception|\Z)", "DETAIL: …", str(event["exception"]), flags=re.DOTALL
        )
    return event


def init_app(app: Flask) -> None:
    """Give every request an id and write one line when it ends."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        request_id = g.get("request_id", "")
        response.headers["X-Request-Id"] = request_id
        if request.endpoint != "static":
            log.info(
                "request",
                request_id=request_id,
                method=request.method,
                route=str(request.url_rule or "-"),
                status=response.status_code,
                ms=round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1),
            )
        return response
