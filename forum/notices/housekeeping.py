"""Rows that have had their day, deleted by the worker; the caller commits."""

from datetime import timedelta

from sqlalchemy import delete

from forum.accounts.models import SignInAttempt, UserSession
from forum.clock import utcnow
from forum.extensions import db

ATTEMPTS_KEPT = timedelta(days=7)


def forget_expired_sessions() -> None:
    """Delete sessions whose time is over: their browsers are signed out already."""
    db.session.execute(delete(UserSession).where(UserSession.expires_at <= utcnow()))


def forget_old_attempts() -> None:
    """Delete failed sign-ins that no throttle looks at any more."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < utcnow() - ATTEMPTS_KEPT))
