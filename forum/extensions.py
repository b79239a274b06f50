"""The Flask extensions, and the only place beside migrations that knows which database it talks to."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context, request
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, Enum, MetaData, bindparam, event, text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from forum.addresses import address_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Alembic can only drop or alter a constraint that has a name, and the two databases invent different ones.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=_Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(DeclarativeBase):
        def __init__(self, **kwargs: Any) -> None: ...
else:
    Model = db.Model

migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()


def _who_asks() -> str:
    return current_user.get_id() or address_of(request)


# Far above what a hand can send, uploads and suggestions while typing included; counted in each process for itself.
limiter = Limiter(
    key_func=_who_asks,
    storage_uri="memory://",
    strategy="moving-window",
    application_limits=["120 per minute"],
    application_limits_exempt_when=lambda: request.method in SAFE_METHODS,
)


def choice(kinds: type[StrEnum], name: str) -> Enum:
    """A column type for one of a closed list of words, stored as its value and checked by the database."""
    return Enum(
        kinds,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda words: [word.value for word in words],
    )


@contextmanager
def reading() -> Iterator[None]:
    """Open transactions that only read, in an unsafe request (who is this?) or a job: slow work then holds no write lock."""
    g.reading = True
    try:
        yield
    finally:
        g.reading = False


def _will_write() -> bool:
    if g and g.get("reading", False):
        return False
    return not has_request_context() or request.method not in SAFE_METHODS


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # the "begin" event below decides how a transaction starts
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # A read transaction that later wants to write fails at once when another writer came between: busy_timeout does not help there.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _will_write() else "BEGIN")


def one_at_a_time(lock: int) -> None:
    """Let nobody else pass here with the same number until the transaction ends. On SQLite whoever writes is alone already."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Let the triggers of these tables rest within a block, in the transaction of the session; only their owner can."""
    if db.session.connection().dialect.name == "postgresql":
        _each(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables)
        yield
        _each(f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables)
        return
    named = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables")
    found = db.session.execute(named.bindparams(bindparam("tables", tables, expanding=True))).all()
    _each(f'DROP TRIGGER "{name}"' for name, _sql in found)
    yield
    _each(sql for _name, sql in found)


def _each(statements: Iterable[str]) -> None:
    for statement in statements:
        db.session.connection().exec_driver_sql(statement)


def engine_options(database_url: str) -> dict[str, Any]:
    """Pool settings for the database: a connection is kept per thread; a PostgreSQL that was restarted is noticed."""
    hidden = {"hide_parameters": True}  # an error in the log names the statement, never what people wrote
    if database_url.startswith("sqlite"):
        return hidden | {"connect_args": {"timeout": 15}}
    return hidden | {"pool_pre_ping": True, "pool_timeout": 5, "connect_args": {"connect_timeout": 3}}


def keeps_write_ahead_log() -> bool:
    """Whether SQLite took the journal it was given: on some network file systems it does not. True on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return True
    return bool(db.session.scalar(text("PRAGMA journal_mode")) == "wal")
