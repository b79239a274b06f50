"""What the worker does for pictures and office files."""

from forum.media.actions import remove_stray_files, remove_unattached
from forum.notices.worker import register_job

HOUR = 3600

register_job("unattached pictures", HOUR, remove_unattached)
register_job("stray picture files", 24 * HOUR, remove_stray_files)
