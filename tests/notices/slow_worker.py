"""A worker whose notices take a moment each, for a test to kill in the middle: ``python -m tests.notices.slow_worker``."""

import os
import time
from collections.abc import Collection

import config
import forum
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.worker import run_jobs
from forum.units.actors import Actor


def show_slowly(actor: Actor, ids: Collection[int]) -> dict[int, Shown]:
    time.sleep(0.003)
    return {ident: Shown("", "/") for ident in ids}


if __name__ == "__main__":
    application = forum.create_app(config.load(os.environ))
    register_notice("test.slow", show_slowly, topic=Topic.REPLIES)
    run_jobs(application)
