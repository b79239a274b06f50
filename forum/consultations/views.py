"""The pages of consultations; its topics have modules of their own."""

from flask import Blueprint

from forum.consultations import (  # noqa: F401 - register work, notices, what a thread shows
    jobs,
    notices,
    outcome_notices,
    outcome_panels,
    panels,
    references,
)

bp = Blueprint("consultations", __name__)
