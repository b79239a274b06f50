"""A roster between preview and applying: its rows as they were read, kept as JSON under a random token."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from forum.clock import utcnow
from forum.extensions import db
from forum.text import clean
from forum.units.actors import Actor
from forum.units.models import RosterUpload
from forum.units.policies import UPLOAD_HOURS
from forum.units.roster_file import RosterFile, RosterRow


@dataclass
class KeptRoster:
    """What was read from a file: the rows, the titles to be mapped, and remarks on the file as a whole."""

    rows: list[RosterRow]
    unknown_titles: list[str]
    notes: list[str]
    ignored_columns: list[str]


def keep_roster(actor: Actor, filename: str, roster: RosterFile) -> RosterUpload:
    """Keep the rows of a roster for its sender's preview. The caller commits."""
    kept = KeptRoster(roster.rows, roster.unknown_titles, [str(n) for n in roster.notes], roster.ignored_columns)
    upload = RosterUpload(
        token=secrets.token_urlsafe(32),
        person_id=actor.id,
        filename=clean(filename)[-120:],
        rows=json.dumps(asdict(kept), ensure_ascii=False, default=str),
    )
    db.session.add(upload)
    return upload


def read_kept(upload: RosterUpload) -> KeptRoster:
    """The rows that were kept; none once they were applied."""
    kept = json.loads(upload.rows) if upload.rows else {"rows": []}
    return KeptRoster(
        [_row(**row) for row in kept["rows"]],
        kept.get("unknown_titles", []),
        kept.get("notes", []),
        kept.get("ignored_columns", []),
    )


def forget_old_uploads() -> None:
    """Delete the rosters whose day is over; the caller commits."""
    db.session.execute(delete(RosterUpload).where(RosterUpload.created_at < utcnow() - timedelta(hours=UPLOAD_HOURS)))


def _row(since: str | None, **rest: Any) -> RosterRow:
    return RosterRow(since=date.fromisoformat(since) if since else None, **rest)
