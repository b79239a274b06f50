"""Office files on posts: sent ahead or with the form, kept through every error, handed out by right of their post."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.http import parse_options_header

from forum.clock import utcnow
from forum.extensions import db
from forum.media.actions import MOST_WAITING, keep_document, remove_stray_files, remove_unattached
from forum.media.documents import PreparedDocument
from forum.media.models import Document, DocumentKind
from forum.media.queries import size_label
from forum.media.store import DOCUMENTS, FIRST_PAGE
from forum.threads.models import Post
from forum.units.actors import Actor
from tests.browsing import Browser, forms_of
from tests.factories import World, make_thread
from tests.media.conftest import Send, opening_of
from tests.media.papers import OLE, office, pdf

Browse = Callable[[Actor | None], Browser]
WORD = office()


def kept() -> list[Document]:
    db.session.rollback()
    return list(db.session.scalars(select(Document).order_by(Document.id)))


def names_on(body: str) -> list[str]:
    """The names of the files on the post with this text."""
    db.session.rollback()
    query = select(Document.name).join(Post, Post.id == Document.post_id).where(Post.body == body)
    return list(db.session.scalars(query.order_by(Document.position)))


def asking(browser: Browser) -> dict[str, Any]:
    """The form of a new question, as its page has it."""
    forms = forms_of(browser.get("/threads/ask").get_data(as_text=True))
    return next(form.fields for form in forms if "body" in form.fields).to_dict()


def ask(browser: Browser, fields: dict[str, Any], *files: tuple[bytes, str]) -> Any:
    data = {**fields, "files": [(BytesIO(content), name) for content, name in files]}
    return browser.post("/threads/ask", data=data, content_type="multipart/form-data")


@pytest.fixture
def put(world: World) -> Callable[..., Document]:
    """Store a file as an actor's unattached one."""

    def store(actor: Actor, name: str = "方案.docx", **values: Any) -> Document:
        document = keep_document(actor, PreparedDocument(DocumentKind.DOCX, name, WORD, None))
        for field, value in values.items():
            setattr(document, field, value)
        db.session.commit()
        return document

    return store


def test_a_file_sent_ahead_is_its_senders_alone(world: World, send: Send) -> None:
    answer = send(world.secretary, pdf(), "饮水 方案.pdf", url="/documents")
    [row] = kept()
    assert (answer.status_code, answer.json) == (201, {"id": row.key, "label": "饮水 方案.pdf（1 KB）"})
    assert (row.owner_id, row.post_id, row.kind, row.name) == (
        world.secretary.id,
        None,
        DocumentKind.PDF,
        "饮水 方案.pdf",
    )
    assert DOCUMENTS.path_of(row.key).read_bytes() == pdf()
    assert DOCUMENTS.path_of(row.key).stat().st_mode & 0o077 == 0
    assert DOCUMENTS.path_of(row.key, FIRST_PAGE).exists()
    assert (row.page_width, row.page_height) == (480, 680)


def test_what_is_wrong_is_said_to_the_script_in_words(
    world: World, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = send(world.secretary, OLE, "台账.xls", url="/documents")
    assert (refused.status_code, refused.json["error"][:4]) == (422, "是老格式")
    too_large = send(world.secretary, bytes(22 * 2**20), "台账.xlsx", url="/documents")
    assert too_large.status_code == 413
    assert "20 兆" in too_large.json["error"]
    assert kept() == []
    assert send(world.secretary, WORD, "a.docx", url="/documents").status_code == 201
    monkeypatch.setitem(MOST_WAITING, Document, 1)
    waits = send(world.secretary, WORD, "a.docx", url="/documents")
    assert waits.status_code == 429
    assert "文件太多" in waits.json["error"]


def test_without_script_files_come_with_the_form_and_stand_on_the_post(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    answer = ask(browser, asking(browser) | {"body": "水费怎么收"}, (WORD, "方案.docx"), (office("xlsx"), "台账.xlsx"))
    assert answer.status_code == 303
    assert names_on("水费怎么收") == ["方案.docx", "台账.xlsx"]
    reader = browse(world.far_secretary)
    page = reader.get(answer.location).get_data(as_text=True)
    assert f'href="/documents/{kept()[0].key}"' in page
    assert "Word 文档，1 KB" in page
    thread_id = answer.location.rpartition("/")[2]
    reply = forms_of(page)
    fields = next(form.fields for form in reply if form.action == f"/threads/{thread_id}/posts").to_dict()
    data = {**fields, "body": "看看我们的", "files": (BytesIO(office("pptx")), "课件.pptx")}
    sent = reader.post(f"/threads/{thread_id}/posts", data=data, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.get_data(as_text=True)
    assert names_on("看看我们的") == ["课件.pptx"]


def test_a_refused_file_loses_neither_text_nor_the_other_files(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    fields = asking(browser) | {"body": "水费怎么收"}
    answer = ask(browser, fields, (WORD, "方案.docx"), (OLE, "<台账>.xls"), (b"MZ", "a.exe"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "“&lt;台账&gt;.xls”是老格式" in page
    assert "“a.exe”这种文件收不了" in page
    [form] = [form for form in forms_of(page) if "body" in form.fields]
    assert form.fields.to_dict()["body"].strip() == "水费怎么收"
    assert form.fields.getlist("documents") == [kept()[0].key]
    assert "方案.docx（1 KB）" in page
    assert browser.post("/threads/ask", data=form.fields).status_code == 303
    assert names_on("水费怎么收") == ["方案.docx"]


def test_five_in_all(world: World, browse: Browse, put: Callable[..., Document]) -> None:
    keys = [put(world.secretary, f"{n}.docx").key for n in range(4)]
    browser = browse(world.secretary)
    fields = asking(browser) | {"body": "水费怎么收", "documents": keys}
    page = ask(browser, fields, (WORD, "4.docx"), (WORD, "5.docx")).get_data(as_text=True)
    assert "一次最多 5 个文件，多出来的没有收。" in page
    [form] = [form for form in forms_of(page) if "body" in form.fields]
    assert browser.post("/threads/ask", data=form.fields).status_code == 303
    assert names_on("水费怎么收") == [f"{n}.docx" for n in range(5)]


def test_a_file_that_is_gone_or_anothers_is_missed_aloud(
    world: World, browse: Browse, put: Callable[..., Document]
) -> None:
    mine, foreign = put(world.secretary), put(world.deputy)
    browser = browse(world.secretary)
    fields = asking(browser) | {"body": "水费怎么收", "documents": [mine.key, foreign.key, "0" * 40]}
    answer = ask(browser, fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "有 2 个文件放得太久" in page
    [form] = [form for form in forms_of(page) if "body" in form.fields]
    assert form.fields.getlist("documents") == [mine.key]


def test_sent_twice_it_stands_there_once_and_other_words_lose_no_file(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    fields = asking(browser) | {"body": "水费怎么收"}
    first = ask(browser, fields, (WORD, "方案.docx"))
    again = ask(browser, fields, (WORD, "方案.docx"))
    assert (again.status_code, again.location) == (303, first.location)
    assert names_on("水费怎么收") == ["方案.docx"]
    both = ask(browser, fields | {"body": "水费怎么算"}, (WORD, "算法.docx"))
    page = both.get_data(as_text=True)
    assert both.status_code == 409
    assert "还有 1 个文件" in page
    other = next(form for form in forms_of(page) if form.action == "/threads/ask")
    assert browser.post(other.action, data=other.fields).status_code == 303
    assert names_on("水费怎么算") == ["算法.docx"]


def test_it_is_handed_out_as_a_file_to_whoever_may_read_the_post(
    world: World, browse: Browse, put: Callable[..., Document]
) -> None:
    opening = db.session.get_one(Post, opening_of(make_thread(world.secretary)))
    document = put(world.secretary, "“饮水”方案; x.docx", post_id=opening.id)
    address = f"/documents/{document.key}"
    answer = browse(world.far_secretary).get(address, buffered=True)
    assert answer.data == WORD
    head = answer.headers
    assert head["Content-Type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    said, options = parse_options_header(head["Content-Disposition"])
    assert (said, options["filename"]) == ("attachment", "“饮水”方案; x.docx")
    assert (head["X-Content-Type-Options"], head["Cache-Control"]) == ("nosniff", "no-store")
    assert head["Content-Security-Policy"] == "default-src 'none'; sandbox"
    part = browse(world.far_secretary).get(address, headers={"Range": "bytes=2-5"}, buffered=True)
    assert (part.status_code, part.data) == (206, WORD[2:6])
    assert browse(world.far_secretary).get(f"{address}/page").status_code == 404
    opening.hidden_at = utcnow()
    db.session.commit()
    seen = {who: browse(actor).get(address, buffered=True).status_code for who, actor in world.everybody.items()}
    assert {who for who, status in seen.items() if status == 200} == {"secretary", "organiser", "district"}
    DOCUMENTS.delete(document.key)
    assert browse(world.secretary).get(address).status_code == 404


def test_what_no_post_took_is_gone_after_a_day_and_so_is_what_no_row_knows(
    world: World, put: Callable[..., Document]
) -> None:
    old = put(world.secretary, created_at=utcnow() - timedelta(hours=25))
    taken = put(world.secretary, post_id=opening_of(make_thread(world.secretary)))
    lost = DOCUMENTS.save(b"x", b"y")
    then = (utcnow() - timedelta(hours=25)).timestamp()
    for path in (DOCUMENTS.path_of(lost), DOCUMENTS.path_of(lost, FIRST_PAGE), DOCUMENTS.path_of(taken.key)):
        os.utime(path, (then, then))
    remove_unattached()
    remove_stray_files()
    assert [row.id for row in kept()] == [taken.id]
    assert [DOCUMENTS.path_of(key).exists() for key in (old.key, taken.key, lost)] == [False, True, False]


def test_how_large_a_file_is_in_words(world: World) -> None:
    assert [size_label(size) for size in (1, 1024 * 340, 1024**2, 1_300_000)] == ["1 KB", "340 KB", "1 兆", "1.2 兆"]
