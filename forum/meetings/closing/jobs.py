"""What the worker does for meetings that took place."""

from forum.meetings.closing.reminding import remind_of_next_unclosed
from forum.notices.worker import register_job

register_job("meetings not closed", 15 * 60, remind_of_next_unclosed)
