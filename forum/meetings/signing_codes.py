"""The codes by which people sign in at a sitting: one that changes every half minute, and the proof that it was seen in time.

Both are derived from the secret key; nothing is stored. A code serves one sitting; guessing six digits is stopped by the limit on
attempts. Whoever is signed out when he scans needs longer than a code lives: the code is exchanged for a proof, which lasts long
enough to sign in and come back.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

STEP = timedelta(seconds=30)
STEPS_ACCEPTED = 3  # this one and the two before: somebody at the back types slowly
PROOF_LASTS = timedelta(minutes=15)
DIGITS = 6


def code_at(sitting_id: int, moment: datetime) -> str:
    """The six digits that the hall shows at a moment."""
    return _code(sitting_id, _step(moment))


def changes_in(moment: datetime) -> int:
    """Whole seconds until the code changes, 1 to 30."""
    length = int(STEP.total_seconds())
    return length - int(moment.timestamp()) % length


def is_current(sitting_id: int, code: str, moment: datetime) -> bool:
    """Whether a code is shown now, or was a moment ago."""
    step = _step(moment)
    given = code.encode()
    return any(hmac.compare_digest(given, _code(sitting_id, step - back).encode()) for back in range(STEPS_ACCEPTED))


def prove(sitting_id: int) -> str:
    """A proof that a current code of the sitting was seen."""
    return str(_serializer().dumps(sitting_id))


def is_proof(sitting_id: int, text: str) -> bool:
    """Whether the text proves that a code of this sitting was seen not long ago."""
    try:
        return bool(_serializer().loads(text, max_age=int(PROOF_LASTS.total_seconds())) == sitting_id)
    except BadSignature:
        return False


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // int(STEP.total_seconds())


def _code(sitting_id: int, step: int) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, f"sign-in:{sitting_id}:{step}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="sitting")
