"""Settings: what is understood, and what stops the start in one plain line."""

import os
from pathlib import Path

import pytest

from config import KEY_FILE, NAMES, Settings, given, load, make_secret_key
from forum import create_app
from forum.accounts.sessions import cookie_name

KEY = "k" * 32


def read(tmp_path: Path, **env: str) -> Settings:
    return load({"DATA_DIR": str(tmp_path), **env})


def refusal(tmp_path: Path, **env: str) -> str:
    with pytest.raises(SystemExit) as stop:
        read(tmp_path, **env)
    line = str(stop.value.code)
    assert line
    assert "\n" not in line
    return line


def test_without_any_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "instance"
    assert load({}) == Settings(
        secret_key="",
        debug=False,
        database_url=f"sqlite:///{data / 'forum.db'}",
        data_dir=data,
        backup_dir=data / "backups",
        host="127.0.0.1",
        port=8000,
        public_url="http://127.0.0.1:8000",
    )


def test_an_empty_value_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(dict.fromkeys(NAMES, "")) == load({})


def test_the_names_are_those_that_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = set()

    class Environment(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            asked.add(name)
            return default

    load(Environment())
    assert asked == set(NAMES)


def test_what_was_given_is_kept_and_nothing_else() -> None:
    assert given({"HOST": "0.0.0.0", "PORT": "", "HOME": "/root"}) == {"HOST": "0.0.0.0"}


def test_other_names_are_ignored(tmp_path: Path) -> None:
    assert read(tmp_path, DEBUGGING="perhaps", PORTS="x", LANG="?") == read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "attribute", "understood"),
    [
        ("SECRET_KEY", KEY, "secret_key", KEY),
        ("DEBUG", "true", "debug", True),
        ("DEBUG", "1", "debug", True),
        ("DEBUG", " On ", "debug", True),
        ("DEBUG", "no", "debug", False),
        ("DEBUG", "0", "debug", False),
        ("DATABASE_URL", "sqlite:////srv/forum.db", "database_url", "sqlite:////srv/forum.db"),
        ("DATABASE_URL", "postgresql://me:p%40ss@db/forum", "database_url", "postgresql+psycopg://me:p%40ss@db/forum"),
        ("DATABASE_URL", "postgres://db/forum", "database_url", "postgresql+psycopg://db/forum"),
        ("DATABASE_URL", "postgresql+psycopg://db/forum", "database_url", "postgresql+psycopg://db/forum"),
        ("BACKUP_DIR", "/srv/backups", "backup_dir", Path("/srv/backups")),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("PORT", "65535", "port", 65535),
        ("PORT", "8001", "public_url", "http://127.0.0.1:8001"),
        ("PUBLIC_URL", "https://forum.example.org", "public_url", "https://forum.example.org"),
        ("PUBLIC_URL", "https://forum.example.org:8443/", "public_url", "https://forum.example.org:8443"),
        ("PUBLIC_URL", "http://localhost:8000", "public_url", "http://localhost:8000"),
        ("PUBLIC_URL", "http://192.168.1.20", "public_url", "http://192.168.1.20"),
        ("PUBLIC_URL", "http://10.0.0.3:81", "public_url", "http://10.0.0.3:81"),
        ("PUBLIC_URL", "http://[::1]:8000", "public_url", "http://[::1]:8000"),
    ],
)
def test_what_is_understood(tmp_path: Path, name: str, value: str, attribute: str, understood: object) -> None:
    assert getattr(read(tmp_path, **{name: value}), attribute) == understood


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "k" * 31),
        ("DEBUG", "perhaps"),
        ("DEBUG", "2"),
        ("DATABASE_URL", "forum.db"),
        ("DATABASE_URL", "mysql://db/forum"),
        ("DATABASE_URL", "sqlite+aiosqlite:///forum.db"),
        ("DATABASE_URL", "sqlite://"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("PORT", "８０００"),
        ("PORT", "80 "),
        ("PUBLIC_URL", "forum.example.org"),
        ("PUBLIC_URL", "ftp://forum.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://forum.example.org/forum"),
        ("PUBLIC_URL", "https://forum.example.org?a=b"),
        ("PUBLIC_URL", "https://forum.example.org:port"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "http://forum.example.org"),
        ("PUBLIC_URL", "http://8.8.8.8"),
    ],
)
def test_what_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    assert refusal(tmp_path, **{name: value}).startswith(name)


def test_a_password_is_not_told(tmp_path: Path) -> None:
    assert "hunter2" not in refusal(tmp_path, DATABASE_URL="mysql://me:hunter2@db/forum")


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "new"
    path = make_secret_key(data)
    key = path.read_text()
    assert path == data / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert make_secret_key(data).read_text() == key
    assert read(data).secret_key == key
    assert len(key) >= 48


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    make_secret_key(tmp_path)
    assert read(tmp_path, SECRET_KEY=KEY).secret_key == KEY


def test_a_start_that_is_cut_off_leaves_no_empty_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(Path, "write_text", lambda *_args, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            make_secret_key(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()
    assert len(make_secret_key(tmp_path).read_text()) >= 48


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_stops_the_start(tmp_path: Path, mode: int) -> None:
    os.chmod(make_secret_key(tmp_path), mode)
    assert "chmod 600" in refusal(tmp_path)


def test_a_short_key_file_stops_the_start(tmp_path: Path) -> None:
    make_secret_key(tmp_path).write_text("short")
    assert "32" in refusal(tmp_path)


def test_there_is_no_default_key(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="flask --app wsgi init"):
        create_app(read(tmp_path))


@pytest.mark.parametrize(
    ("public_url", "secure", "session", "seat"),
    [
        ("https://forum.example.org", True, "__Host-session", "__Host-seat"),
        ("http://127.0.0.1", False, "session", "seat"),
    ],
)
def test_cookies_follow_the_public_address(
    tmp_path: Path, public_url: str, secure: bool, session: str, seat: str
) -> None:
    app = create_app(read(tmp_path, SECRET_KEY=KEY, PUBLIC_URL=public_url))
    assert (app.config["SESSION_COOKIE_SECURE"], app.config["SESSION_COOKIE_NAME"]) == (secure, session)
    with app.app_context():
        assert cookie_name() == seat


def test_a_mail_server_is_understood(tmp_path: Path) -> None:
    mail = read(tmp_path, MAIL_URL="smtps://me:p%40ss@mail.example.org", MAIL_FROM="Forum <f@example.org>").mail
    assert mail is not None
    assert (mail.host, mail.port, mail.is_encrypted, mail.user, mail.password) == (
        "mail.example.org",
        465,
        True,
        "me",
        "p@ss",
    )
    assert read(tmp_path).mail is None


@pytest.mark.parametrize(
    "env",
    [
        {"MAIL_URL": "smtp://me:s3cret@mail.example.org"},
        {"MAIL_URL": "http://me:s3cret@mail.example.org", "MAIL_FROM": "f@example.org"},
        {"MAIL_URL": "smtp://me:s3cret@:25", "MAIL_FROM": "f@example.org"},
        {"MAIL_URL": "smtp://me:s3cret@mail.example.org:x", "MAIL_FROM": "f@example.org"},
        {"MAIL_URL": "smtp://s3cret@mail.example.org", "MAIL_FROM": "f@example.org"},
        {"MAIL_URL": "smtp://me:s3cret@mail.example.org", "MAIL_FROM": "nobody"},
    ],
)
def test_an_unreadable_mail_server_stops_the_start_and_tells_no_password(tmp_path: Path, env: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as stop:
        read(tmp_path, **env)
    assert "MAIL_" in str(stop.value.code)
    assert "s3cret" not in str(stop.value.code)
