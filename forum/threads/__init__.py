"""Threads and posts: everything written in the forum lives in threaded posts."""
