"""What the macros promise: errors tied to their fields, nothing cut off, nothing said by colour alone."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import DataRequired, Length


class TickBoxes(SelectMultipleField):
    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ExampleForm(FlaskForm):
    title = StringField("标题", [DataRequired("请写标题。"), Length(max=80)])
    body = TextAreaField("正文", [Length(max=200)])
    reach = RadioField("谁看得到", [DataRequired("请选一选。")], choices=[("district", "全区"), ("township", "本镇")])
    tags = TickBoxes("标签", choices={"产业发展": [("crops", "特色种植")], "人居环境": [("roads", "村庄道路")]})


class Tags(HTMLParser):
    """The start tags of a page, in order, as (name, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, tag: str, **attributes: str) -> dict[str, str | None]:
        [match] = [a for name, a in self.found if name == tag and attributes.items() <= a.items()]
        return match


def render(app: Flask, source: str, data: dict[str, str] | None = None, **values: Any) -> str:
    macros = '{% from "_forms.html" import error_summary, field, post_button %}{% from "_parts.html" import pager, row, stage_line, table_cards %}'
    with app.test_request_context("/", method="POST", data=data or {}):
        form = ExampleForm(meta={"csrf": False})
        form.validate()
        return render_template_string(macros + source, form=form, **values)


def test_an_error_is_tied_to_its_field(app: Flask) -> None:
    tags = Tags(render(app, '{{ field(form.title, hint="一句话") }}'))
    control = tags.one("input", id="title")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "title-hint title-error"
    assert tags.one("p", id="title-error")
    assert tags.one("p", id="title-hint")


def test_a_good_field_says_nothing_of_errors(app: Flask) -> None:
    control = Tags(render(app, "{{ field(form.title) }}", {"title": "路坏了"})).one("input", id="title")
    assert "aria-invalid" not in control
    assert "aria-describedby" not in control


def test_the_browser_never_cuts_off_what_is_pasted(app: Flask) -> None:
    control = Tags(render(app, "{{ field(form.body, counter=True) }}")).one("textarea", id="body")
    assert "maxlength" not in control
    assert control["data-counter"] == "200"


def test_the_summary_takes_the_focus_and_leads_to_every_field(app: Flask) -> None:
    tags = Tags(render(app, "{{ error_summary(form) }}{{ field(form.title) }}{{ field(form.reach) }}"))
    summary = tags.one("div", role="alert")
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary
    targets = [a["href"] for name, a in tags.found if name == "a"]
    assert targets == ["#title", "#reach-0"]
    assert all(any(a.get("id") == target[1:] for _, a in tags.found) for target in targets if target)


def test_without_errors_there_is_no_summary(app: Flask) -> None:
    assert render(app, "{{ error_summary(form) }}", {"title": "路坏了", "reach": "district"}).strip() == ""


def test_tick_boxes_keep_their_groups_and_what_was_ticked(app: Flask) -> None:
    html = render(app, '{{ field(form.tags, folded="自己选") }}', {"tags": "roads"})
    boxes = [a for name, a in Tags(html).found if name == "input"]
    assert [(a["value"], "checked" in a) for a in boxes] == [("crops", False), ("roads", True)]
    assert "产业发展" in html


def test_an_optional_field_says_so_and_a_required_one_does_not(app: Flask) -> None:
    assert "可不填" in render(app, "{{ field(form.body) }}")
    assert "可不填" not in render(app, "{{ field(form.title) }}")


def test_a_switch_tells_its_state(app: Flask) -> None:
    tags = Tags(render(app, '{{ post_button("/x", "这个管用", pressed=True, fields={"on": ""}) }}'))
    assert tags.one("button")["aria-pressed"] == "true"
    assert tags.one("input", name="csrf_token")["value"]
    assert tags.one("input", name="on")["value"] == ""


def test_stages_are_a_list_that_says_each_state_in_words(app: Flask) -> None:
    steps = [
        {"label": "点题", "date": "8月3日", "state": "done"},
        {"label": "落实", "date": None, "state": "now"},
        {"label": "入库", "date": None, "state": "next"},
    ]
    html = render(app, "{{ stage_line(steps) }}", steps=steps)
    items = [a for name, a in Tags(html).found if name == "li"]
    assert [a.get("aria-current") for a in items] == [None, "step", None]
    assert all(word in html for word in ("办过了", "进行中", "还没到"))


def test_a_table_that_turns_into_cards_keeps_its_column_names(app: Flask) -> None:
    tags = Tags(render(app, '{{ table_cards("台账", ["事项", "谁办"], [["修路", "陈树根"]]) }}'))
    assert tags.one("td")["data-label"] == "谁办"
    assert tags.one("th", scope="row")["role"] == "rowheader"


def test_everything_handed_in_is_escaped(app: Flask) -> None:
    html = render(app, '{{ row(bad, "/x", meta=[bad], badge_text=bad) }}', bad="<b>粗</b>")
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("prev_url", "next_url", "links"),
    [(None, None, []), ("/a", None, ["prev"]), (None, "/b", ["next"]), ("/a", "/b", ["prev", "next"])],
)
def test_the_pager_offers_only_ways_that_exist(
    app: Flask, prev_url: str | None, next_url: str | None, links: list[str]
) -> None:
    tags = Tags(render(app, "{{ pager(p, n) }}", p=prev_url, n=next_url))
    assert [a["rel"] for name, a in tags.found if name == "a"] == links
