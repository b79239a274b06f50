"""Training totals: whose lectures are counted, and how."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from forum.clock import today, utcnow
from forum.extensions import db
from forum.insights.training import Sum, add_up, lectures_given
from forum.learning.lectures.models import Lecture, Manner
from forum.threads.models import Thread
from tests.learning.lecture_makers import make_expert, make_lecture


@pytest.mark.pure
def test_lectures_are_added_up_by_form_subject_and_township_in_no_order_of_merit():
    def given(manner, heads, township, tags=""):
        return SimpleNamespace(manner=manner, heads=heads, township=township, tag_lines=tags)

    totals = add_up(
        [
            given(Manner.ONLINE, 80, "乙镇", "a:果树:Fruit\nb:用水:Water"),
            given(Manner.FIELD, None, "甲镇", "a:果树:Fruit"),
            given(Manner.CLASSROOM, 20, None),
        ]
    )
    assert totals.whole == Sum(given=3, online=1, heads=100, uncounted=1)
    assert list(totals.manners) == [Manner.CLASSROOM, Manner.FIELD, Manner.ONLINE]
    assert totals.subjects[("果树", "Fruit")] == Sum(given=2, online=1, heads=80, uncounted=1)
    assert list(totals.townships) == sorted(totals.townships)


def test_an_organiser_counts_his_townships_and_the_district_all_that_were_given(browse, world):
    expert = make_expert(world.organiser)
    make_lecture(world.organiser, expert)  # to come
    own = make_lecture(world.organiser, expert, is_over=True, heads=30)
    make_lecture(world.far_organiser, expert, is_over=True, heads=40)
    make_lecture(world.district_staff, expert, is_over=True, manner=Manner.ONLINE, heads=50)
    old = make_lecture(world.organiser, expert, is_over=True, heads=900)
    db.session.execute(update(Lecture).where(Lecture.id == old.id).values(starts_at=utcnow() - timedelta(days=500)))
    db.session.commit()
    period = (today() - timedelta(days=30), today())

    def counted(actor):
        whole = add_up(lectures_given(actor, *period)).whole
        return whole.given, whole.online, whole.heads

    assert counted(world.organiser) == (1, 0, 30)
    assert counted(world.district_staff) == (3, 1, 120)
    assert counted(world.secretary) == (0, 0, 0)
    query = f"first={period[0]}&last={period[1]}"
    answer = browse(world.district_staff).get(f"/insights/lectures.xlsx?{query}")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[2][2:5] == ("3", "1", "120")
    townships = {row[1] for row in rows if row[0] == "按镇"}
    assert townships > {"区里组织", world.town.name}
    assert len(townships) == 3
    db.session.execute(update(Thread).where(Thread.id == own.thread_id).values(hidden_at=utcnow()))
    db.session.commit()
    assert counted(world.organiser) == (0, 0, 0)
    unreadable = browse(world.organiser).get("/insights/lectures?first=x&last=9999-99-99")
    assert unreadable.status_code == 200
