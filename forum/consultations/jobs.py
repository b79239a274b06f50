"""What the worker does for panels."""

from forum.consultations.reminders import remind_next
from forum.notices.worker import register_job

register_job("panels due tomorrow", 15 * 60, remind_next)
