"""What a web process holds in memory once it has served every kind of page."""

import subprocess
import sys

from tests.bench.place import application

SERVE = """
import os
from config import load
from forum import create_app
from forum.demo.accounts import demo_sign_ins
from forum.units.models import Person
from forum.extensions import db
from tests.browsing import Browser
from tests.factories import actor_of
app = create_app(load(os.environ))
app.test_client_class = Browser
with app.app_context():
    phone = demo_sign_ins()[0][1]
    person = db.session.scalars(db.select(Person.id).where(Person.phone == phone)).one()
    db.session.rollback()
    browser = app.test_client()
    browser.sign_in_as(actor_of(person))
    for _ in range(50):
        for url in ("/", "/threads/", "/threads/1", "/threads/ask", "/library/", "/library/1", "/meetings/", "/search?q=老人吃饭", "/notices"):
            assert browser.get(url).status_code in (200, 404), url
with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmRSS")).split()[1])
"""


def memory() -> None:
    """Print the resident memory of a process that served 450 pages of the demo district."""
    with application() as (app, folder):
        for args in (["demo", "load"], ["search", "rebuild"]):
            result = app.test_cli_runner().invoke(args=args)
            assert result.exit_code == 0, result.output
        env = {"SECRET_KEY": str(app.config["SECRET_KEY"]), "DATA_DIR": str(folder)}
        done = subprocess.run([sys.executable, "-c", SERVE], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        print(f"a web process after 450 pages: {int(done.stdout.split()[-1]) / 1024:.0f} MB resident")
