"""``make run``: bring the database up to date, fill an empty one with the demo district, serve until Ctrl-C."""

import http.client
import os
import socket
import sys
import threading
import time

import click
import flask_migrate
from flask_babel import gettext as _

from config import Settings, load, make_secret_key
from forum import create_app
from forum.demo.accounts import PASSWORD, demo_sign_ins
from forum.demo.loading import load_demo
from forum.extensions import db
from forum.operations.processes import run_together
from forum.operations.queries import is_empty
from forum.search.follower import rebuild_index

WEB_PROCESSES = 2


def main() -> None:
    """Start the forum; ends with SystemExit once everything it started has ended."""
    # One thread for each process: a library for numbers would take a processor for every sum, and wait for work by turning round.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    settings = load(os.environ)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.secret_key:
        make_secret_key(settings.data_dir)
        settings = load(os.environ)
    app = create_app(settings)
    with app.app_context():
        refuse_taken_port(settings)
        prepare()
        threading.Thread(target=say_when_up, args=(settings, greeting(settings)), daemon=True).start()
        db.session.remove()
        db.engine.dispose()
        raise SystemExit(run_together(commands(settings), on_end=say_end))


def refuse_taken_port(settings: Settings) -> None:
    """Raises SystemExit with one plain line when nothing can listen on HOST and PORT."""
    # Asked here: several web processes share a port, so that the server itself would not notice another forum on it.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SystemExit(
                _(
                    "%(host)s 的 %(port)s 端口用不了（%(reason)s）。换一个：PORT=8001 make run",
                    host=settings.host,
                    port=settings.port,
                    reason=error.strerror,
                )
            ) from None


def prepare() -> None:
    """Make or migrate the tables; an empty database gets the demo district and its search index."""
    flask_migrate.upgrade()
    if not is_empty():
        return
    click.echo(_("第一次启动：正在装演示数据，请稍等……"))
    load_demo()
    db.session.commit()
    rebuild_index()


def commands(settings: Settings) -> dict[str, list[str]]:
    """The web server and the worker, as they are started."""
    web = ["granian", "--interface", "wsgi", "--host", settings.host, "--port", str(settings.port)]
    web += ["--workers", str(WEB_PROCESSES), "--blocking-threads", "1"]
    web += ["--workers-kill-timeout", "5", "--log-level", "warning", "wsgi:app"]
    return {
        "web": [sys.executable, "-m", *web],
        "worker": [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
    }


def greeting(settings: Settings) -> str:
    """What is said once the forum answers: where it is, and who can sign in to the demo district."""
    lines = ["", _("论坛开着：%(url)s （按 Ctrl-C 停止）", url=settings.public_url)]
    if not settings.is_https:
        lines.append(click.style(_("没有加密（http）：只能在本机或内网试用。"), fg="red"))
    if people := demo_sign_ins():
        lines.append(_("演示账号，密码都是 %(password)s", password=PASSWORD))
        lines += [f"  {phone}  {who}" for who, phone in people]
    return "\n".join([*lines, ""])


def say_when_up(settings: Settings, text: str) -> None:
    """Print the text as soon as the web server answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 compared, not bound
    while True:
        connection = http.client.HTTPConnection(host, settings.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                click.echo(text)
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()


def say_end(name: str, status: int) -> None:
    """Say which process ended by itself, and how."""
    click.echo(_("%(name)s 自己停了（%(status)s），其余的也停下。", name=name, status=status), err=True)


if __name__ == "__main__":
    main()
