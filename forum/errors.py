"""Error pages in house style, and the way on: what was typed is never lost to an error."""

import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from forum.extensions import db, login_manager
from forum.logs import log
from forum.once import FIRST_TEXTS, SentOtherText, issue_token

MESSAGES = {
    400: (_l("没看懂这个请求"), _l("请退回上一页再试一次。写过的内容还留在手机里。")),
    403: (_l("这件事您现在办不了"), _l("您看得到它，但办理它要另外的职务。有疑问请问镇组织办。")),
    404: (_l("没有找到这一页"), _l("它可能已经移走，或者不在您能看的范围里。")),
    405: (_l("没看懂这个请求"), _l("请退回上一页再试一次。写过的内容还留在手机里。")),
    409: (_l("别人刚刚改过"), _l("请看看现在的样子，再决定怎么改。")),
    413: (
        _l("内容太大了"),
        _l("文字请在两万字以内；照片一次最多九张，每张 15 兆以内；文件一次最多五个，每个 20 兆以内。"),
    ),
    422: (_l("有几处需要改一下"), _l("请按提示改好再发，写过的都还在。")),
    429: (_l("点得太快了"), _l("请过一会儿再试，写过的内容还留着。")),
    500: (_l("系统出了点问题"), _l("不是您的操作有误。写过的内容还留在手机里，请过一会儿再试。")),
    503: (_l("系统正忙"), _l("马上就好，请过一会儿再试。写过的内容还留在手机里。")),
}

# After these a form is not simply sent again; what was typed into it stands on the page, to be copied.
KEEP_TYPED = (403, 404, 409, 429, 503)

_NO_TEXT = re.compile(r"[a-z_]+|\d+|.")  # the value of a choice, an id, a tick


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(SentOtherText, _sent_other_text)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unexpected)


def typed_fields() -> list[tuple[str, str]]:
    """What the browser sent, without the tokens that a new page makes anew, and without passwords: no page repeats those."""
    left_out = ("csrf_token", "carried", "password", "old", "again")
    typed = [(k, v) for k, values in request.form.lists() if k not in left_out for v in values]
    return typed + g.get("also_typed", [])


def also_typed(name: str, values: Iterable[str]) -> None:
    """Count fields among what was typed that the browser did not send so: no page repeats a file, but it can name the stored one."""
    g.also_typed = [*g.get("also_typed", []), *((name, value) for value in values)]


def is_from_here() -> bool:
    """Whether the browser says that the request began on one of our own pages; old ones only name the page's origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return urlsplit(request.headers.get("Origin") or request.host_url).netloc == request.host


def here() -> str:
    """The path and query of this request, to come back to."""
    return request.full_path if request.query_string else request.path


def carry_on_page(url: str, fields: list[tuple[str, str]], message: str, status: int) -> Response:
    """A page that shows what was typed and sends it with one tap."""
    page = render_template("errors/carry_on.html", url=url, fields=fields, shown=_texts_of(fields), message=message)
    return make_response(page, status)


def carried_json() -> str:
    """The fields of a POST whose session ran out, to travel through the sign-in form."""
    if request.method != "POST" or not is_from_here():
        return ""
    return json.dumps({"url": here(), "fields": typed_fields()}, ensure_ascii=False)


def typed_texts() -> list[str]:
    """The texts that were typed into the form that was just sent from one of our pages."""
    return _texts_of(typed_fields()) if request.method == "POST" and is_from_here() else []


def _texts_of(fields: list[tuple[str, str]]) -> list[str]:
    return [
        v
        for k, v in fields
        if k not in ("once", "version", "pictures", "documents") and v and not _NO_TEXT.fullmatch(v)
    ]


def _page(code: int, template: str = "errors/error.html") -> Response:
    title, text = MESSAGES[code]
    shown = typed_texts() if code in KEEP_TYPED else []
    request_id = g.get("request_id", "")
    return make_response(
        render_template(template, code=code, title=title, text=text, shown=shown, request_id=request_id), code
    )


def _plain_page(code: int) -> Response:
    # Rendering would else look for the reader in the database that may be away.
    g._login_user = login_manager.anonymous_user()
    return _page(code, "errors/plain.html")


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    code = error.code if error.code in MESSAGES else 500 if (error.code or 500) >= 500 else 400
    db.session.rollback()
    response = _plain_page(code) if code in (500, 503) else _page(code)
    if (after := getattr(error, "retry_after", None)) is not None:
        response.headers["Retry-After"] = str(after)
    return response


def _too_fast(error: RateLimitExceeded) -> Response:
    fields = typed_fields()
    if current_user.is_authenticated and is_from_here() and _texts_of(fields):
        response = carry_on_page(here(), fields, _("点得太快了，请过一会儿再点发送，写过的都在。"), 429)
    else:
        response = _page(429)
    response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _csrf_error(error: CSRFError) -> Response:
    if not is_from_here():
        return _page(400)
    if not current_user.is_authenticated:  # session and token ran out together
        return make_response(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    return carry_on_page(here(), typed_fields(), _("这个页面放得太久了，您写的都还在，点一下就发送。"), 400)


def _sent_other_text(error: SentOtherText) -> Response:
    first = error.first
    db.session.rollback()
    loader = FIRST_TEXTS.get(first.kind)
    original = loader(first.person_id, first.object_id) if loader and first.object_id is not None else None
    fields = [(k, v) for k, v in typed_fields() if k != "once"]
    page = render_template(
        "errors/conflict.html",
        first_url=first.url,
        original=original,
        fields=fields,
        shown=_texts_of(fields),
        once=issue_token(first.person_id, error.form),
        url=here(),
    )
    return make_response(page, 409)


def _stale(error: StaleDataError) -> Response:
    db.session.rollback()
    return _page(409)


def _database_away(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database unavailable", request_id=g.get("request_id"), error=type(error).__name__)
    db.session.rollback()
    response = _plain_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.exception("unexpected error", request_id=g.get("request_id"))
    db.session.rollback()
    return _plain_page(500)
