"""The worker's command, and the jobs of the rooms that lie below the notices."""

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.audit.jobs import log_head
from forum.notices.delivery import deliver_next
from forum.notices.housekeeping import forget_expired_sessions, forget_old_attempts, forget_old_notices
from forum.notices.mail.delivery import send_next_letter
from forum.notices.robots.delivery import tell_next_group
from forum.notices.worker import register_job, run_jobs, run_jobs_once
from forum.once import forget_old_tokens
from forum.units.uploads import forget_old_uploads

HOUR = 3600
DAY = 24 * HOUR

register_job("outbox", 1, deliver_next, rank=1)
register_job("letters", 1, send_next_letter, rank=2)
register_job("group robots", 1, tell_next_group, rank=2)
register_job("old notices", HOUR, forget_old_notices)
register_job("spent tokens", HOUR, forget_old_tokens)
register_job("expired sessions", HOUR, forget_expired_sessions)
register_job("sign-in attempts", HOUR, forget_old_attempts)
register_job("audit head", DAY, log_head)
register_job("rosters past their day", HOUR, forget_old_uploads)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what there is to do now, then end; fails if a job failed.")
@with_appcontext
def worker(once: bool) -> None:
    """Deliver notices, follow changes, tidy up; ends after the piece in hand on SIGTERM or Ctrl-C."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not once:
        run_jobs(app)
    elif not run_jobs_once(app):
        raise click.ClickException("a job failed: see the log above")
