"""A long text takes up to half a second to become HTML. On SQLite nobody shall wait for that: it is done before anything is loaded."""

import pytest
from sqlalchemy import select

from forum import markup
from forum.extensions import db
from forum.threads.models import Post
from tests.factories import make_thread
from tests.meetings.makers import make_meeting

TEXT = "　　三十亩**机井**不出水，\n- 泵坏了\n- 没人修"
REPLIES = "/threads/{thread}/posts"


@pytest.fixture
def open_then(monkeypatch):
    """For each time that a text with TEXT in it was made HTML, whether a transaction was open."""
    seen, make = [], markup._safe_html

    def watched(text):
        if "没人修" in text:
            seen.append(db.session().in_transaction())
        return make(text)

    markup.render.cache_clear()
    monkeypatch.setattr(markup, "_safe_html", watched)
    return seen


@pytest.fixture
def ids(world):
    thread = make_thread(world.secretary)
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()
    return {"thread": thread.id, "opening": opening, "meeting": make_meeting(world, "held").id}


@pytest.mark.parametrize(
    ("who", "page", "action", "sent"),
    [
        ("secretary", "/threads/ask", None, {"title": "浇地", "body": TEXT}),
        ("secretary", "/threads/ask", None, {"body": f"浇地没水\n{TEXT}"}),
        ("expert", "/threads/{thread}", REPLIES, {"body": TEXT}),
        ("expert", "/threads/{thread}?shape=prescription", REPLIES, {"diagnosis": TEXT, "remedy": "清井。"}),
        ("secretary", "/posts/{opening}/edit", None, {"body": TEXT}),
        ("secretary", "/threads/{thread}/conclude", None, {"statement": TEXT}),
        ("organiser", "/meetings/{meeting}/minutes/0", None, {"body": TEXT}),
    ],
    ids=["ask", "ask-untitled", "reply", "prescription", "edit", "conclude", "minutes"],
)
def test_no_transaction_is_open_while_a_text_is_rendered(browse, world, ids, open_then, who, page, action, sent):
    answer = browse(world.everybody[who]).submit(page.format(**ids), sent, action=action and action.format(**ids))
    assert answer.status_code == 303
    assert open_then == [False]
