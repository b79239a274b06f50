"""A follower that takes one change at a time, for a test to kill in the middle: ``python -m tests.search.following_child``."""

import os

import config
import forum
from forum.search import follower

if __name__ == "__main__":
    follower.BATCH = 1
    application = forum.create_app(config.load(os.environ))
    with application.app_context():
        while follower.follow():
            print("one more", flush=True)
