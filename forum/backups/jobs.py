"""What the worker does every night."""

import os

from flask import current_app

from config import given
from forum.backups.actions import AlreadyRunning, backups_in, create, is_due, prune, verify
from forum.clock import utcnow
from forum.logs import log
from forum.notices.worker import register_job

QUARTER_OF_AN_HOUR = 900


def back_up_at_night() -> None:
    """Make the night's backup if it is not there yet, read it through, and let the oldest go; a failure is logged and tried again."""
    settings = current_app.extensions["settings"]
    if not is_due(backups_in(settings.backup_dir), utcnow()):
        return
    try:
        backup, manifest = create(settings, given(os.environ))
    except AlreadyRunning:
        return
    verify(backup.path)
    gone = prune(settings.backup_dir)
    log.info(
        "backup made",
        file=backup.path.name,
        bytes=backup.size,
        missing=len(manifest.missing),
        removed=len(gone),
        audit_head=manifest.audit_head,
    )


register_job("nightly backup", QUARTER_OF_AN_HOUR, back_up_at_night)
