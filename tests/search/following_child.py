"""A follower for a test to kill in the middle: ``python -m tests.search.following_child``. It takes one change at a time; with
``vectors`` it makes those of one document after the other.
"""

import os
import sys
from collections.abc import Iterator

import config
import forum
from forum.extensions import db
from forum.search import follower
from forum.search.encoder import CURRENT, ENCODERS, Maker
from tests.search.meanings import BagOfMeanings


def steps() -> Iterator[bool]:
    while sys.argv[1:] == ["vectors"]:
        yield follower.make_vectors(seconds=0)
        follower.follow()
    while True:
        yield follower.follow()


if __name__ == "__main__":
    follower.BATCH = 1
    ENCODERS[CURRENT] = Maker(BagOfMeanings, lambda: True, 0.5)
    application = forum.create_app(config.load(os.environ))
    with application.app_context():
        for went_on in steps():
            db.session.rollback()
            if not went_on:
                break
            print("one more", flush=True)
