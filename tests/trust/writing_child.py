"""Asks one question after the other, as somebody, and says the number of each once it was acknowledged, until it is killed."""

import os
import sys

from config import load
from forum import create_app
from forum.extensions import db
from forum.threads.actions import begin_thread
from forum.threads.models import ThreadKind
from forum.units.actors import load_actor

with create_app(load(os.environ)).app_context():
    actor = load_actor(int(sys.argv[1]))
    assert actor is not None
    db.session.rollback()
    while True:
        opening = begin_thread(actor, ThreadKind.QUESTION, "石榴", "石榴" * 200)
        db.session.commit()
        print(opening.thread_id, flush=True)
