"""Known devices: a signed cookie says to which accounts this browser has signed in before."""

import secrets

from flask import Request, Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.accounts.throttle import digest

KNOWN_DAYS = 365
MOST_ACCOUNTS = 5  # a phone that a family shares


def account_of(phone: str) -> str:
    """The digest under which attempts on this phone number are counted."""
    return digest("account", phone)


def known_device(request: Request, account: str) -> str:
    """The device's digest if it has signed in to the account before, else ""."""
    nonce, accounts = _read(request)
    return digest("device", nonce) if account in accounts else ""


def remember_device(request: Request, response: Response, account: str) -> None:
    """Let the browser prove from now on that it has signed in to the account."""
    nonce, accounts = _read(request)
    accounts = [account, *(known for known in accounts if known != account)][:MOST_ACCOUNTS]
    response.set_cookie(
        _cookie_name(),
        _serializer().dumps([nonce or secrets.token_urlsafe(18), accounts]),
        max_age=KNOWN_DAYS * 24 * 3600,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read(request: Request) -> tuple[str, list[str]]:
    try:
        nonce, accounts = _serializer().loads(request.cookies.get(_cookie_name(), ""))
    except BadSignature:
        return "", []
    return nonce, accounts


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="known-device")


def _cookie_name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"
