"""What state the database is in."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, select

from forum.extensions import db
from forum.units.actors import in_force
from forum.units.models import Person, Posting, Role, Unit


def is_empty() -> bool:
    """Whether the database holds neither units nor people; also true before its tables are made."""
    if not inspect(db.session.connection()).has_table(Unit.__tablename__):
        return True
    return not any(db.session.scalar(select(model.id).limit(1)) for model in (Unit, Person))


def is_migrated() -> bool:
    """Whether every migration that the code brings has been applied, and no other."""
    config = current_app.extensions["migrate"].migrate.get_config()
    applied = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(config).get_heads())


def roles_held() -> set[Role]:
    """The roles that somebody who can sign in holds today."""
    held = (
        select(Posting.role)
        .join(Person, Person.id == Posting.person_id)
        .where(in_force(), Person.disabled_at.is_(None))
    )
    return set(db.session.scalars(held.distinct()))
