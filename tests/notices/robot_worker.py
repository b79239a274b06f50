"""A worker whose groups sit in the tests' own chat, for a test to kill: ``CHAT_URL=… python -m tests.notices.robot_worker``."""

import os
from datetime import timedelta

import config
import forum
from forum.notices.robots import delivery
from forum.notices.robots.models import RobotKind
from forum.notices.worker import run_jobs

if __name__ == "__main__":
    application = forum.create_app(config.load(os.environ))
    application.config["ROBOT_HOSTS"] = dict.fromkeys(RobotKind, os.environ["CHAT_URL"])
    delivery.BETWEEN_MESSAGES = timedelta(0)
    run_jobs(application)
