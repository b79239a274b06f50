"""Signing in and out, a person's sessions, passwords and profile."""
