"""Consent to the privacy notice: the version agreed to is kept with the person."""

from flask import g

PRIVACY_VERSION = 2
"""Raise it with every change of meaning in templates/accounts/_privacy_text.html: everybody is then asked again."""


def owes_consent() -> bool:
    """Whether the person signed in to this request has not agreed to the notice as it stands now."""
    return bool((g.get("privacy_version") or 0) < PRIVACY_VERSION)
