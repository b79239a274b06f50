"""Rows that a worker takes, one at a time: whoever raises ``attempts`` by a conditional update owns a row until ``due_at``.

If he dies, the lease runs out and the next worker takes the row over. What he does with it afterwards is fenced by ``attempts``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, CursorResult, Update, select, update

from forum.extensions import db
from forum.logs import log
from forum.notices.models import Leased

# Minutes until a row is tried again, by the number of attempts made. When the last has run out it is given up, aloud.
LEASES = (1, 5, 30, 120, 360, 720, 1440, 1)
INTERRUPTED = "the worker stopped before it was delivered"

Row = TypeVar("Row", bound=Leased)


def claim(
    model: type[Row], name: str, now: datetime, *also: ColumnElement[bool], leases: Sequence[int] = LEASES
) -> Row | None:
    """Lease the row that is due longest, or None; ``name`` is what the log calls it. The caller commits before the work begins.

    A row whose last lease ran out is given up here: it stays unsent with the reason kept, and the log says so.
    """
    due = (
        select(model)
        .where(model.sent_at.is_(None), model.due_at <= now, model.attempts <= len(leases), *also)
        .order_by(model.due_at, model.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    while row := db.session.scalars(due).first():
        made = row.attempts
        if made == len(leases):
            if update_owned(model, row.id, made, attempts=made + 1):
                log.error(f"{name} given up", message=row.id, kind=row.kind, reason=row.failure)
            continue
        until = now + timedelta(minutes=leases[made])
        if update_owned(model, row.id, made, attempts=made + 1, due_at=until, failure=INTERRUPTED):
            return row
    return None


def update_owned(model: type[Leased], ident: int, made: int, **values: Any) -> bool:
    """Change an unsent row as long as just so many attempts were made, for then nobody took it over; whether it was so."""
    unsent = update(model).where(model.id == ident, model.attempts == made, model.sent_at.is_(None))
    return changes_one(unsent.values(**values))


def changes_one(statement: Update) -> bool:
    """Run a conditional update; whether its condition held."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
