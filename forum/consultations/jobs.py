"""What the worker does for panels, follow-ups and actions."""

from forum.consultations.asking import ask_about_next, remind_of_next
from forum.consultations.reminders import remind_next
from forum.notices.worker import register_job

FIVE_MINUTES = 300

register_job("panels due tomorrow", 15 * 60, remind_next)
register_job("follow-ups", FIVE_MINUTES, ask_about_next)
register_job("actions due soon", FIVE_MINUTES, remind_of_next)
