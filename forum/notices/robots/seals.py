"""Keys and secrets of robots, kept so that a copy of the database alone opens nothing."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class SealBroken(Exception):
    """It was sealed under another secret key of the forum."""


def seal(text: str) -> str:
    """The text as it may stand in the database."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text again. Raises SealBroken."""
    try:
        return _fernet().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken:
        raise SealBroken from None


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"forum.notices.robots")
    return Fernet(base64.urlsafe_b64encode(derived.derive(str(current_app.config["SECRET_KEY"]).encode())))
