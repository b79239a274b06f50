"""Settings: read once from the environment, typed, and refused aloud when unreadable.

``NAMES`` are known; every other name in the environment is ignored. There is no default secret: without ``SECRET_KEY`` the key
is read from ``DATA_DIR/secret_key``, which ``make run`` and ``flask init`` create.
"""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

NAMES = (
    "SECRET_KEY",
    "DEBUG",
    "DATABASE_URL",
    "DATA_DIR",
    "BACKUP_DIR",
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "MAIL_URL",
    "MAIL_FROM",
    "SEARCH_VECTORS",
)
KEY_FILE = "secret_key"
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom. Passwords travel encrypted, except to a server on a private address."""

    host: str
    port: int
    is_encrypted: bool  # from the first byte (smtps); else STARTTLS, when the server offers it
    user: str
    password: str = field(repr=False)
    sender: str

    @property
    def is_private(self) -> bool:
        return _is_private(self.host)


@dataclass(frozen=True)
class Settings:
    """What the process was started with. ``secret_key`` is empty until the key file has been made."""

    secret_key: str
    debug: bool
    database_url: str
    data_dir: Path
    backup_dir: Path
    host: str
    port: int
    public_url: str
    mail_url: str = field(default="", repr=False)
    mail_from: str = ""
    search_vectors: bool = True

    @cached_property
    def mail(self) -> MailServer | None:
        """Without it nothing is mailed, and no page speaks of mail."""
        return _mail(self.mail_url, self.mail_from)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load(env: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises SystemExit with one plain line when a known name holds a value that cannot be read.
    """
    data_dir = Path(env.get("DATA_DIR") or "instance").resolve()
    port = _port(env.get("PORT") or "8000")
    settings = Settings(
        secret_key=_secret(env.get("SECRET_KEY", ""), data_dir),
        debug=_boolean("DEBUG", env.get("DEBUG") or "false"),
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'forum.db'}"),
        data_dir=data_dir,
        backup_dir=Path(env.get("BACKUP_DIR") or data_dir / "backups").resolve(),
        host=env.get("HOST") or "127.0.0.1",
        port=port,
        public_url=_public_url(env.get("PUBLIC_URL") or f"http://127.0.0.1:{port}"),
        mail_url=env.get("MAIL_URL") or "",
        mail_from=env.get("MAIL_FROM") or "",
        search_vectors=_boolean("SEARCH_VECTORS", env.get("SEARCH_VECTORS") or "true"),
    )
    _mail(settings.mail_url, settings.mail_from)
    return settings


def given(env: Mapping[str, str]) -> dict[str, str]:
    """The settings as the environment gives them, by name: what a backup keeps beside the data."""
    return {name: env[name] for name in NAMES if env.get(name)}


def make_secret_key(data_dir: Path) -> Path:
    """Create ``data_dir/secret_key`` readable by its owner alone, unless it exists; return its path."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / KEY_FILE
    if not path.exists():
        # Whole or not at all: an empty key left by an interrupted start would never be filled.
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48), encoding="ascii")
        part.replace(path)
    return path


def _secret(value: str, data_dir: Path) -> str:
    path = data_dir / KEY_FILE
    if not value and path.is_file():
        if path.stat().st_mode & 0o077:
            raise SystemExit(f"{path} can be read by other users: run chmod 600 on it")
        value = path.read_text(encoding="ascii").strip()
    if value and len(value) < SHORTEST_SECRET:
        raise SystemExit(f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters")
    return value


def _boolean(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return known[value.strip().lower()]
    except KeyError:
        raise SystemExit(f"{name} is {value!r}: use true or false") from None


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise SystemExit(f"PORT is {value!r}: use a number from 1 to 65535")
    return int(value)


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise SystemExit(
            "DATABASE_URL cannot be read: use sqlite:////path/forum.db or postgresql+psycopg://…"
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SystemExit(f"DATABASE_URL names {url.drivername}: only sqlite and postgresql are supported")
    if url.drivername == "sqlite" and not url.database:
        raise SystemExit("DATABASE_URL names an SQLite database in memory: give it a file")
    return url.render_as_string(hide_password=False)


def _public_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.path.rstrip("/") or parts.query or parts.fragment:
        raise SystemExit(f"PUBLIC_URL is {value!r}: use https://name, without a path")
    if parts.scheme == "http" and not _is_private(host):
        raise SystemExit(f"PUBLIC_URL is {value!r}: plain http is only for private addresses, use https")
    return f"{parts.scheme}://{parts.netloc}"


def _mail(url: str, sender: str) -> MailServer | None:
    """Neither value is repeated in a complaint as far as it may hold the password."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path.rstrip("/") or parts.query or parts.fragment:
        raise SystemExit("MAIL_URL cannot be read: use smtp://user:password@host:port or smtps://…")
    if (parts.username is None) != (parts.password is None):
        raise SystemExit("MAIL_URL names a user without a password, or a password without a user")
    name, address = parseaddr(sender)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or not address.isascii() or "\n" in name or "\r" in name:
        raise SystemExit(f"MAIL_FROM is {sender!r}: use an address like forum@example.org")
    return MailServer(
        host=host,
        port=port or (465 if parts.scheme == "smtps" else 587),
        is_encrypted=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
    )


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
