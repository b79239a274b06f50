"""Lectures (专家授课): who teaches what, when and where, and whether those who were there can use it."""
