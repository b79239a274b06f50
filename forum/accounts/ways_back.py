"""Where to go after a deed: only ever to a page of our own."""

import re

from flask import current_app, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

LONGEST = 2000
# Browsers drop tabs and line ends from addresses and take a backslash for a slash: "/\t/host" is another site.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]|\s")


def endpoint_at(target: str, method: str = "GET") -> str | None:
    """The endpoint that answers a local path (a query may follow), or None when it is not one of our own pages."""
    path = target.partition("#")[0].partition("?")[0]
    if len(target) > LONGEST or not path.startswith("/") or "//" in path or _UNSAFE.search(target):
        return None
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(path, method=method)
    except HTTPException:
        return None
    return None if endpoint == "static" else str(endpoint)


def way_back(target: str | None) -> str:
    """The page to return to: the target where it is one of ours, else the home page (one's own page once out of office)."""
    if target and endpoint_at(target):
        return target
    return url_for("accounts.me" if current_user.is_former else "home.index")
