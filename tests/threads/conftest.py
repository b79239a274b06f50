"""Fixtures of the threads' tests."""

from tests.threads.tidied import two  # noqa: F401 - two threads about one matter
