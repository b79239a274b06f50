"""What script adds, seen in a browser: nothing typed is lost, one tap sends once, pictures travel light."""

import json
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route

SCRIPT = (Path(__file__).resolve().parents[2] / "static" / "forum.js").read_text(encoding="utf-8")
HOME = "http://forum.test"
FORM = """<form method="post" action="/sent" enctype="multipart/form-data" data-draft="ask">
  <input type="hidden" name="once" value="token"><textarea name="body" id="body">{body}</textarea>
  <input type="radio" name="reach" value="township" id="township">
  <div class="field"><input type="file" name="photos" id="photos" multiple data-upload-url="/upload" data-upload-name="pictures" data-upload-most="9">
  <ul data-shots-for="photos"></ul></div><button id="send">发出去</button></form>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


class Site:
    """A tiny site behind the browser: pages by path, and every POST that came in."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.posts: list[tuple[str, bytes]] = []
        self.seconds_to_answer = 0.0
        self.upload_answer: tuple[int, dict[str, object]] | None = (201, {"id": 5, "thumb_url": PIXEL})

    def show(self, path: str, content: str, *, person: str = "7", head: str = "") -> None:
        words = 'data-sending="正在发送…" data-restored="已恢复" data-discard="清掉" data-uploaded="传好了" data-upload-failed="没传上去" data-remove="去掉"'
        self.pages[path] = (
            f'<!doctype html><html data-person="{person}"><meta charset="utf-8"><meta name="csrf-token" content="c">{head}'
            f'<script type="module" src="/forum.js"></script>{content}<div id="words" hidden {words}></div>'
        )

    def answer(self, route: Route) -> None:
        request, path = route.request, route.request.url.removeprefix(HOME)
        if request.method == "POST":
            self.posts.append((path, request.post_data_buffer or b""))
            time.sleep(self.seconds_to_answer)
        if path == "/upload":
            if self.upload_answer is None:
                return route.abort()
            status, body = self.upload_answer
            return route.fulfill(status=status, content_type="application/json", body=json.dumps(body))
        if path == "/forum.js":
            return route.fulfill(content_type="text/javascript", body=SCRIPT)
        return route.fulfill(content_type="text/html", body=self.pages.get(path, ""))


@pytest.fixture
def site() -> Site:
    site = Site()
    site.show("/ask", FORM.format(body=""))
    site.show("/other", "<p>别的页</p>")
    site.show("/sent", "<p>到了</p>", head='<meta name="draft-done" content="ask">')
    return site


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    context.set_default_timeout(5000)
    context.route("**/*", site.answer)
    page = context.new_page()
    page.goto(f"{HOME}/ask")
    yield page
    context.close()


@pytest.fixture
def leave_and_return(page: Page) -> Callable[[], None]:
    def go() -> None:
        page.goto(f"{HOME}/other")
        page.goto(f"{HOME}/ask")

    return go


def picture(width: int, height: int) -> dict[str, object]:
    out = BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "JPEG", quality=90)
    return {"name": "路.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_what_was_typed_comes_back(page: Page, leave_and_return: Callable[[], None]) -> None:
    page.fill("#body", "路坏了\n没人修")
    page.check("#township")
    leave_and_return()
    assert page.input_value("#body") == "路坏了\n没人修"
    assert page.is_checked("#township")
    assert "已恢复" in page.inner_text("[role=status].draft-note")


def test_it_can_be_thrown_away(page: Page, leave_and_return: Callable[[], None]) -> None:
    page.fill("#body", "路坏了")
    leave_and_return()
    page.click(".draft-note button")
    leave_and_return()
    assert page.input_value("#body") == ""
    assert page.locator(".draft-note").count() == 0


def test_it_is_forgotten_only_when_the_server_has_it(
    page: Page, site: Site, leave_and_return: Callable[[], None]
) -> None:
    arrived = site.pages.pop("/sent")  # an empty answer, as when the line breaks
    page.fill("#body", "路坏了")
    page.click("#send")
    page.wait_for_url("**/sent")
    leave_and_return()
    assert page.input_value("#body") == "路坏了"
    site.pages["/sent"] = arrived
    page.click("#send")
    page.get_by_text("到了").wait_for()
    leave_and_return()
    assert page.input_value("#body") == ""


def test_another_person_on_the_same_phone_does_not_see_it(
    page: Page, site: Site, leave_and_return: Callable[[], None]
) -> None:
    page.fill("#body", "只给自己看的")
    site.show("/ask", FORM.format(body=""), person="8")
    leave_and_return()
    assert page.input_value("#body") == ""


def test_text_given_back_by_the_server_wins_and_is_kept(
    page: Page, site: Site, leave_and_return: Callable[[], None]
) -> None:
    page.fill("#body", "旧的")
    fresh = site.pages["/ask"]
    site.show(
        "/ask",
        FORM.format(body="新的").replace("<textarea", "<p data-error-summary tabindex=-1>改一改</p><textarea", 1),
    )
    leave_and_return()
    assert page.input_value("#body") == "新的"
    site.pages["/ask"] = fresh
    leave_and_return()
    assert page.input_value("#body") == "新的"


def test_two_taps_send_once(page: Page, site: Site) -> None:
    site.seconds_to_answer = 0.5
    page.evaluate(
        "() => { const send = document.getElementById('send'); send.click(); setTimeout(() => send.click(), 150); }"
    )
    page.get_by_text("到了").wait_for()
    assert [path for path, _ in site.posts] == ["/sent"]


def test_a_form_on_its_way_says_so_until_one_comes_back(page: Page) -> None:
    tap = "() => { const send = document.getElementById('send'); send.click(); return send.textContent; }"
    assert page.evaluate(tap) == "正在发送…"
    page.get_by_text("到了").wait_for()
    page.go_back()
    assert page.inner_text("#send") == "发出去"


def test_a_big_picture_is_made_smaller_and_goes_alone(page: Page, site: Site) -> None:
    page.set_input_files("#photos", [picture(3600, 1200)])
    page.get_by_text("传好了").wait_for()
    [(path, body)] = site.posts
    sent = Image.open(BytesIO(body[body.index(b"\xff\xd8") :]))
    assert (path, max(sent.size)) == ("/upload", 2560)
    assert page.locator("[name=pictures]").get_attribute("value") == "5"
    assert page.evaluate("() => document.getElementById('photos').files.length") == 0


@pytest.mark.parametrize(
    ("answer", "left"), [(None, 1), ((507, {"error": "地方不够了。"}), 1), ((422, {"error": "照片打不开。"}), 0)]
)
def test_a_picture_that_did_not_arrive_goes_with_the_form_unless_refused(
    page: Page, site: Site, answer: tuple[int, dict[str, object]] | None, left: int
) -> None:
    site.upload_answer = answer
    page.set_input_files("#photos", [picture(40, 30)])
    page.get_by_text("没传上去" if left else "照片打不开。").wait_for()
    assert page.evaluate("() => document.getElementById('photos').files.length") == left
    assert page.locator("[name=pictures]").count() == 0


def test_a_file_is_named_and_comes_back_with_the_draft(page: Page, site: Site) -> None:
    field = """<details><summary>文件</summary><input type="file" name="files" id="files" multiple data-upload-url="/upload" data-upload-name="documents"
      data-upload-most="5"><ul class="shots shots-named" data-shots-for="files"></ul></details><button id="send">"""
    site.show("/ask", FORM.replace("{body}", "").replace('<button id="send">', field))
    site.upload_answer = (201, {"id": "f" * 40, "label": "方案.docx（3 KB）"})
    page.goto(f"{HOME}/ask")
    page.click("summary")
    page.set_input_files("#files", [{"name": "方案.docx", "mimeType": "", "buffer": b"PK"}])
    page.get_by_text("传好了").wait_for()
    page.wait_for_timeout(600)
    page.reload()
    page.get_by_text("方案.docx（3 KB）").wait_for()
    assert page.locator("[name=documents]").get_attribute("value") == "f" * 40
    assert page.locator("[name=pictures]").count() == 0
    page.get_by_role("button", name="去掉 方案.docx（3 KB）").click()
    assert page.locator("[name=documents]").count() == 0


def test_a_page_is_seen_once_it_was_looked_at(page: Page, site: Site) -> None:
    site.show("/thread", '<div data-seen-url="/seen"></div>')
    with page.expect_request("**/seen") as seen:
        page.goto(f"{HOME}/thread")
    assert seen.value.headers["x-csrftoken"] == "c"
    page.wait_for_timeout(1200)
    assert [path for path, _ in site.posts] == ["/seen"]
