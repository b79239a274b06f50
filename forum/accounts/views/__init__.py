"""Signing in and out, activation, one's own page, and in which size and language one reads."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from forum.accounts.views import activation, preferences, profile, signing_in  # noqa: E402, F401 - they hang their routes on bp
