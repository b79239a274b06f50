"""A test client that fills in forms as a person does: it opens the page, takes the form with its tokens, types and sends."""

from contextvars import Context
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from forum.accounts.sessions import begin_session, cookie_name
from forum.extensions import db
from forum.units.actors import Actor


class Form:
    """A form as it stood on a page: where it goes and what its fields held, those outside it that name it included."""

    def __init__(self, action: str, method: str = "post", ident: str = "") -> None:
        self.action = action
        self.method = method
        self.ident = ident
        self.fields: MultiDict[str, str] = MultiDict()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._textarea: str | None = None
        self._select: str | None = None
        self._is_search = False
        self._ahead: dict[str, MultiDict[str, str]] = {}  # of forms that begin further down

    def _fields_of(self, ident: str) -> MultiDict[str, str]:
        form = next((form for form in self.forms if form.ident == ident), None)
        return form.fields if form else self._ahead.setdefault(ident, MultiDict())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self._is_search = a.get("role") == "search"
            if not self._is_search:
                self.forms.append(Form(a.get("action", ""), a.get("method", "get").lower(), a.get("id", "")))
                self.forms[-1].fields.update(self._ahead.pop(a.get("id", ""), {}))
        if not self.forms or (self._is_search and "form" not in a):
            return
        fields = self._fields_of(a["form"]) if "form" in a else self.forms[-1].fields
        kind = a.get("type", "text")
        if tag == "input" and a.get("name") and kind not in ("file", "submit", "image"):
            if kind not in ("checkbox", "radio") or "checked" in a:
                fields.add(a["name"], a.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._textarea = a.get("name")
            if self._textarea:
                fields.add(self._textarea, "")
        elif tag == "select":
            self._select = a.get("name")
        elif tag == "option" and self._select and "selected" in a:
            fields.add(self._select, a.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            fields = self.forms[-1].fields
            fields.setlist(
                self._textarea, [*fields.getlist(self._textarea)[:-1], fields.getlist(self._textarea)[-1] + data]
            )


def forms_of(html: str) -> list[Form]:
    """Every form of a page but the search box that nearly all of them have."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def session_token(actor: Actor) -> str:
    """Begin a session for a person, who speaks for the actor's posting; what its cookie holds."""
    token, row = begin_session(actor.id)
    row.posting_id = actor.posting.id if actor.posting else None
    db.session.commit()
    return token


class Browser(FlaskClient):
    """The Flask test client, signed in by a session row, with ``submit``."""

    def sign_in_as(self, actor: Actor) -> None:
        """Sign in without the sign-in page."""
        self.set_cookie(cookie_name(), session_token(actor))

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        pending = [*db.session.new, *db.session.dirty]
        assert not pending, f"the test holds unsaved rows while a request runs: {pending}"
        db.session.rollback()  # a request must not wait for the test's own transaction
        try:
            # In a context of its own, as a server has it: nothing of the test's application context reaches the request.
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.expire_all()

    def submit(
        self, page: str, data: dict[str, Any] | None = None, *, action: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open ``page``, fill in the form that goes to ``action`` (the page itself, unless said) with ``data``, and send it."""
        shown = self.get(page)
        assert shown.status_code == 200, f"{page}: {shown.status}"
        target = urlsplit(action or page).path
        forms = [f for f in forms_of(shown.get_data(as_text=True)) if f.method == "post"]
        matching = [f for f in forms if urlsplit(f.action or page).path == target]
        assert matching, f"{page} has no form that goes to {target}"
        form = matching[0]
        fields = form.fields.copy()
        for name, value in (data or {}).items():
            fields.setlist(name, list(value) if isinstance(value, list | tuple) else [value])
        return self.post(form.action or page, data=fields, **kwargs)
