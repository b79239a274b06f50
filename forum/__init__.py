"""The village secretaries' forum."""

from pathlib import Path
from typing import Any

import click
from flask import Flask, Request, has_request_context, request
from flask.cli import ScriptInfo
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError
from werkzeug.utils import cached_property, import_string

from config import Settings
from forum import access, errors, headers, logs, navigation, tables  # noqa: F401
from forum.accounts import sessions
from forum.extensions import babel, compress, csrf, db, engine_options, limiter, migrate
from forum.hall import polling
from forum.paging import LARGEST_ID
from forum.text import clean

ROOT = Path(__file__).resolve().parent.parent

# The only list of slices, low to high. A slice may offer a blueprint ``bp`` in its views and command groups in its cli.
VIEWS = (
    "forum.health",
    "forum.units.views",
    "forum.accounts.views",
    "forum.notices.views",
    "forum.notices.wishes_views",
    "forum.notices.robots.views",
    "forum.media.views",
    "forum.tags.views",
    "forum.tags.keeping_views",
    "forum.screening.views",
    "forum.threads.views",
    "forum.threads.deed_views",
    "forum.threads.editing_views",
    "forum.threads.entering_views",
    "forum.threads.naming_views",
    "forum.threads.own_views",
    "forum.threads.moderation_views",
    "forum.threads.tidying.views",
    "forum.learning.lectures.views",
    "forum.learning.lectures.expert_views",
    "forum.learning.trips.views",
    "forum.learning.trips.note_views",
    "forum.consultations.views",
    "forum.consultations.calling_views",
    "forum.consultations.concluding_views",
    "forum.consultations.overdue_views",
    "forum.consultations.ledger_views",
    "forum.library.views",
    "forum.library.life_views",
    "forum.library.adoptions.views",
    "forum.library.shelves.views",
    "forum.library.desk.views",
    "forum.meetings.views",
    "forum.meetings.scheduling_views",
    "forum.meetings.yearly_views",
    "forum.meetings.asked_views",
    "forum.meetings.answering_views",
    "forum.meetings.agenda_views",
    "forum.meetings.publishing_views",
    "forum.meetings.afterwards_views",
    "forum.meetings.minutes.views",
    "forum.meetings.minutes.publishing_views",
    "forum.meetings.closing.views",
    "forum.meetings.signing_views",
    "forum.meetings.calendar_views",
    "forum.meetings.papers.views",
    "forum.meetings.papers.letterhead_views",
    "forum.meetings.proposals.views",
    "forum.hall.views",
    "forum.people.views",
    "forum.search.views",
    "forum.search.similar_views",
    "forum.search.saved.views",
    "forum.search.missed.views",
    "forum.asking.views",
    "forum.insights.views",
    "forum.insights.training_views",
    "forum.home.views",
    "forum.moderation.views",
    "forum.trail.views",
    "forum.takeout.views",
)
COMMANDS: tuple[str, ...] = (
    "forum.units.cli:units",
    "forum.tags.cli:tags",
    "forum.demo.cli:demo",
    "forum.threads.cli:threads",
    "forum.accounts.cli:accounts",
    "forum.audit.cli:audit",
    "forum.notices.cli:worker",
    "forum.search.cli:search",
    "forum.backups.cli:backup",
    "forum.operations.cli:init",
    "forum.operations.cli:check",
)


class CleanRequest(Request):
    """A request whose text fields all passed the one door."""

    @cached_property
    def form(self) -> ImmutableMultiDict[str, str]:
        return _cleaned(super().form)

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        return _cleaned(super().args)


class Id(IntegerConverter):
    """``<int:…>`` in a route: what does not fit an id column is not found, rather than an error of the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **kwargs})


class Word(UnicodeConverter):
    """Any text in a route: what the one door would change is in no column and not found. A NUL would be an error of PostgreSQL."""

    def to_python(self, value: str) -> str:
        if clean(value) != value:
            raise ValidationError
        return super().to_python(value)


def create_app(settings: Settings) -> Flask:
    """Build the application.

    Raises SystemExit when there is no secret key and it is not a command that starts it: only ``flask init`` can make the key.
    """
    if not settings.secret_key and not _is_command():
        raise SystemExit(
            f"SECRET_KEY is not set and there is no key in {settings.data_dir}: run `flask --app wsgi init`"
        )
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.request_class = CleanRequest
    app.url_map.converters |= {"int": Id, "string": Word, "default": Word}
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    logs.configure(debug=settings.debug)

    logs.init_app(app)
    headers.init_app(app, is_https=settings.is_https)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.before_request(access.refuse_strangers)
    app.before_request(access.widen_body)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_locale)
    compress.init_app(app)
    limiter.init_app(app)
    sessions.init_app(app)
    app.before_request(access.guard)
    errors.init_app(app)
    navigation.init_app(app)
    for blueprint in dict.fromkeys(module.bp for module in [import_string(name) for name in VIEWS]):
        app.register_blueprint(blueprint)
    polling.init_app(app)
    for name in COMMANDS:
        app.cli.add_command(import_string(name))
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    host_prefix = "__Host-" if settings.is_https else ""
    return {
        "SECRET_KEY": settings.secret_key or None,
        "DEBUG": settings.debug,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": f"{host_prefix}session",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "forum" / "translations"),
        "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 3 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "COMPRESS_ALGORITHM": ["gzip"],
        "COMPRESS_LEVEL": 5,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        "RATELIMIT_HEADERS_ENABLED": False,
    }


def _cleaned(fields: Any) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((clean(key), clean(value)) for key, value in fields.items(multi=True))


def _locale() -> str:
    if not has_request_context():  # the command line and the worker speak Chinese
        return "zh_Hans_CN"
    return "en" if request.cookies.get("language") == "en" else "zh_Hans_CN"


def _is_command() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(ScriptInfo) is not None
