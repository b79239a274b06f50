"""What the forum never does: weigh people, keep an eye on them, pass their numbers on, or leave them without a way to complain."""

import re

import pytest
from flask import Flask

from forum.extensions import db
from tests.trust.conftest import Visit
from tests.trust.rights import ask, read_table
from tests.trust.stage import Scene

pytestmark = pytest.mark.pure  # rights are asked on both databases; what pages then say is the same

ROWS = [row for row in read_table() if row.method == "GET"]
# Points, levels, time spent, what was opened, where somebody was: in no name of a table or column, as a word of its own.
WEIGHING = {
    "point", "points", "score", "scores", "level", "levels", "rank", "ranks", "ranking", "badge", "badges", "medal", "medals",
    "streak", "streaks", "duration", "online", "view", "views", "visit", "visits", "hits", "likes", "latitude", "longitude",
    "location", "track",
}  # fmt: skip
# Two pages hold nothing but the hour of the meeting: the wall's and, on phones in the hall, its copy.
IN_THE_HALL = ("/meetings/<meeting_id>/wall", "/meetings/<meeting_id>/now")
COLLEAGUES = ("secretary", "deputy", "neighbour", "far_secretary", "expert")


def test_nothing_weighs_or_watches_people(app: Flask) -> None:
    names = {name for table in db.metadata.tables.values() for name in (table.name, *table.columns.keys())}
    names |= {part for row in ROWS for part in row.route.split("/")}
    assert len(names) > 200
    assert {name for name in names if set(re.split(r"[^a-z]+", name)) & WEIGHING} == set()


def test_every_page_leads_to_the_suggestion_box_and_no_colleague_reads_anothers_number(
    app: Flask, scene: Scene, visit: Visit
) -> None:
    numbers = {scene.ids["phone", role]: role for role in scene.seats}
    wrong, seen = [], 0
    for row in ROWS:
        for role in ("organiser", *COLLEAGUES):
            if row.answers[role] != 200:
                continue
            answer = ask(app, scene, visit(role), row, role)
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            answer.close()
            if row.route not in IN_THE_HALL and "<main" in page and 'href="/suggestions/new' not in page:
                wrong.append(f"{row} for {role}: no way to the suggestion box")
            if role in COLLEAGUES:
                wrong += [
                    f"{row}: {role} reads the number of {who}"
                    for n, who in numbers.items()
                    if n and n in page and who != role
                ]
            seen += bool(page)
    assert wrong == []
    assert seen > 300
