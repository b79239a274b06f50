"""A search as it is kept: its text, and the rest as in the page's address."""

from urllib.parse import parse_qsl, urlencode

from forum.search.asked import Asked


def arguments_of(asked: Asked) -> str:
    """All of a search but its text, as it is kept."""
    kept = {name: value for name, value in asked.arguments().items() if name not in ("q", "since", "narrow", "page")}
    return urlencode({name: value for name, value in kept.items() if value is not None})


def asked_of(text: str, arguments: str) -> Asked:
    """The search that was kept."""
    return Asked.read({**dict(parse_qsl(arguments)), "q": text})
