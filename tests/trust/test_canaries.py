"""Nobody reads anywhere what is not his to read: a word of each text is looked for on every page that anybody can reach."""

import re
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from flask import Flask

from tests.search.conftest import indexed, root  # noqa: F401 - fixtures
from tests.trust.conftest import Visit, Visitor
from tests.trust.rights import address, read_table
from tests.trust.stage import FOUND_BY, Scene, mark

pytestmark = pytest.mark.pure  # rights are asked on both databases; what pages then say is the same

EVERYBODY = {"secretary", "deputy", "neighbour", "far_secretary", "organiser", "far_organiser", "district", "expert"}
TOWNSHIP = {"secretary", "deputy", "neighbour", "organiser"}
PANEL = {"secretary", "organiser", "far_secretary", "expert"}  # whoever asked, his organiser, and the people admitted
CARE = {"organiser", "district"}  # who looks after what is the secretary's
# Whose eyes each text is for. A text that nobody of its readers meets anywhere would make this test empty, so that fails too.
READERS = {
    "open": EVERYBODY,
    "narrowed": TOWNSHIP,
    "panel": PANEL,
    "called": EVERYBODY,
    "confided": PANEL,
    "hidden": CARE | {"secretary", "neighbour"},  # its author, and the author of a reply in it
    "hidden-reply": CARE | {"neighbour"},
    "held": CARE | {"secretary"},
    "held-reply": CARE | {"neighbour"},
    "file-open": EVERYBODY,
    "file-narrowed": TOWNSHIP,
    "file-panel": PANEL,
    "file-hidden": CARE | {"secretary"},
    "file-hidden-reply": CARE | {"neighbour"},
    "locked": EVERYBODY,
    "far": EVERYBODY,
    "far-narrowed": {"far_secretary", "far_organiser"},
    "notice": EVERYBODY,
    "former": TOWNSHIP | {"former"},
    "card-draft": {"secretary", "organiser"},
    "card-nominated": CARE | {"secretary", "deputy"},
    "card-unconfirmed": CARE | {"secretary", "deputy"},
    "card-retired": EVERYBODY,
    "card-published": EVERYBODY,
    "card-narrowed-draft": {"secretary", "organiser"},
    "card-narrowed-nominated": {"secretary", "deputy", "organiser"},
    "card-narrowed-published": TOWNSHIP,
    "card-panel-draft": {"secretary", "organiser"},
    "card-panel-nominated": {"secretary", "organiser"},
    "card-panel-published": PANEL,
    "meeting-draft": CARE,
    "meeting-announced": EVERYBODY,
    "meeting-rearranged": EVERYBODY,
    "agenda-unpublished": CARE,
    "meeting-held": EVERYBODY,
    "meeting-counted": EVERYBODY,
    "meeting-closed": EVERYBODY,
    "meeting-postponed": EVERYBODY,
    "meeting-cancelled": EVERYBODY,
    "theme-open": CARE | {"far_organiser"},
    "theme-far": {"far_organiser", "district"},
    "theme-withdrawn": CARE | {"far_organiser"},
    "report-open": CARE | {"far_secretary"},  # and whoever pointed it out
    "report-narrowed": {"organiser", "deputy"},
    "report-panel": {"organiser", "expert"},
    "report-far": {"far_organiser", "district", "expert"},
    "expert-outside": EVERYBODY,
    "expert-contact": CARE | {"far_organiser"},
    "lecture-coming": EVERYBODY,
    "lecture-over": EVERYBODY,
    "lecture-district": EVERYBODY,
    "lecture-wish": CARE,
    "trip-draft": CARE,
    "trip-open": EVERYBODY,
    "trip-narrowed": TOWNSHIP,
    "trip-back": EVERYBODY,
    "trip-closed": EVERYBODY,
    "trip-cancelled": EVERYBODY,
    "trip-district": EVERYBODY,
    "trip-far-narrowed": {"far_secretary", "far_organiser"},
    "trip-note-narrowed": TOWNSHIP,
    "trip-note-back": EVERYBODY,
    "trip-note-closed": EVERYBODY,
    "trip-note-far-narrowed": {"far_secretary", "far_organiser"},
    "suggestion-town": CARE,
    "suggestion-far": {"far_organiser", "district"},
    "suggestion-bureau": {"district"},
}
PICTURES = {
    "unattached": {"secretary"},
    "open": EVERYBODY,
    "narrowed": TOWNSHIP,
    "panel": PANEL,
    "hidden": CARE | {"secretary"},
    "hidden-reply": CARE | {"neighbour"},
}
MOST_PAGES = 2500
# What the table of rights refuses says nothing: the pages to begin with are those that it shows.
# A calendar is its owner's, whoever holds the link; tests/meetings/test_calendar.py says what it may hold.
LEFT_ASIDE = ("/pictures", "/documents", "/calendar/")
SHOWN = [row for row in read_table() if row.method == "GET" and not row.route.startswith(LEFT_ASIDE)]
# Files that are the same for everybody; one form that each page links with its own address; the place in a list; what a search can be narrowed to.
LEFT_OUT = ("?", "/search?", "/static/", "/suggestions/new?", "/sign-in?", "/pictures/", "/calendar/")


def text_of(data: bytes) -> str:
    """What an answer says; of a workbook or document, what its parts say."""
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return data.decode("utf-8", "replace")


def crawl(visitor: Visitor, begin: list[str]) -> dict[str, str]:
    """Every page that can be reached by links, with what it says."""
    pages: dict[str, str] = {}
    waiting = list(begin)
    while waiting and len(pages) < MOST_PAGES:
        url = waiting.pop(0)
        if url in pages:
            continue
        answer = visitor.get(url)
        text = text_of(answer.data)
        answer.close()
        pages[url] = text.replace("<mark>", "").replace("</mark>", "")
        # Back through a list one comes by the pages that one came from, cut elsewhere.
        forth = re.sub(r'<a [^>]*rel="prev"[^>]*>', "", text)
        for link in (answer.location or "", *re.findall(r'(?:href|src)="([^"]+)"', forth)):
            parts = urlsplit(link.replace("&amp;", "&"))
            path = f"{parts.path}?{parts.query}".rstrip("?")
            # A thread quoting one of its posts is the thread.
            is_new = path not in pages and not path.startswith(LEFT_OUT) and "quote=" not in path
            if parts.netloc in ("", "localhost") and is_new:
                waiting.append(path)
    assert len(pages) < MOST_PAGES, "the crawl does not end: raise the bound or leave something out"
    return pages


def test_no_text_is_met_by_whom_it_is_not_for(
    app: Flask,
    scene: Scene,
    visit: Visit,
    indexed: Callable[[], None],  # noqa: F811
) -> None:
    indexed()
    leaks, met = [], {word: set() for word in READERS}
    seen_pictures: dict[str, set[str]] = {word: set() for word in PICTURES}
    for role in scene.world.everybody:
        shown = [address(app, scene, row) for row in SHOWN if row.answers[role] == 200]
        searches = [f"/search?q={FOUND_BY}{more}" for more in ("", "&page=2", "&narrow=1", "&kind=card&narrow=1")]
        pages = crawl(visit(role), ["/", *searches, *shown])
        for url, text in pages.items():
            for word, readers in READERS.items():
                if mark(word) in text:
                    met[word].add(role)
                    if role not in readers:
                        leaks.append(f"{word} is read by {role} at {url}")
            for word, readers in PICTURES.items():
                if scene.ids["key", word] in text:
                    seen_pictures[word].add(role)
                    if role not in readers:
                        leaks.append(f"the picture of {word} is named to {role} at {url}")
    assert sorted(set(leaks)) == []
    assert {word: readers - met[word] for word, readers in READERS.items() if readers - met[word]} == {}, "never met"
