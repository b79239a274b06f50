"""The trail is read by those who answer for it, in plain words, and shows no more of a thread than its reader may open."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from forum.audit.actions import record
from forum.audit.models import AuditEntry
from forum.clock import today
from forum.extensions import db
from forum.threads.models import Post, Reach, Thread
from forum.threads.moderation import hide_post, lock_thread, restore_post
from forum.units.actors import Actor
from tests.browsing import Browser, forms_of
from tests.factories import World, make_thread

Browse = Callable[[Actor | None], Browser]
Count = Callable[[], AbstractContextManager[list[str]]]


def read(visitor: Browser, url: str = "/trail") -> str:
    return visitor.get(url).get_data(as_text=True)


def opening(thread: Thread) -> Post:
    query = select(Post).join(Post.thread).options(contains_eager(Post.thread))
    return db.session.scalars(query.where(Post.thread_id == thread.id, Post.is_opening)).one()


def do(actor: Actor | None, action: str, *args: object, **scope: object) -> None:
    record(actor, action, *args, **scope)  # type: ignore[arg-type]
    db.session.commit()


def test_an_organiser_reads_his_township_the_district_its_own(world: World, browse: Browse) -> None:
    do(world.organiser, "tag.synonym", "tag", word="甲镇叫法")
    do(world.far_organiser, "tag.synonym", "tag", word="乙镇叫法")
    do(world.district_staff, "tag.rename", "tag", before="旧名", after="新名")
    pages = {who.id: read(browse(who)) for who in (world.organiser, world.far_organiser, world.district_staff)}
    seen = {
        ident: [word for word in ("甲镇叫法", "乙镇叫法", "“旧名”改成“新名”") if word in page]
        for ident, page in pages.items()
    }
    assert seen == {
        world.organiser.id: ["甲镇叫法"],
        world.far_organiser.id: ["乙镇叫法"],
        world.district_staff.id: ["甲镇叫法", "乙镇叫法", "“旧名”改成“新名”"],
    }


def test_of_a_thread_that_its_reader_may_not_open_nothing_is_shown(world: World, browse: Browse) -> None:
    thread = make_thread(world.secretary, "两家为地边吵起来", "谁去劝", reach=Reach.TOWNSHIP)
    hide_post(world.organiser, opening(thread), "点了人家的名")
    db.session.commit()
    near, office = read(browse(world.organiser)), read(browse(world.district_staff))
    assert "两家为地边吵起来" in near
    assert "原因：点了人家的名" in near
    assert "隐藏了一条" in office
    assert "（您看不到它）" in office
    assert "两家为地边吵起来" not in office
    assert "点了人家的名" not in office


def test_when_a_village_secretary_signs_in_is_nobodys_business(world: World, browse: Browse) -> None:
    do(world.secretary, "session.begin", "person", world.secretary.id)
    do(world.admin, "session.begin", "person", world.admin.id)
    assert read(browse(world.organiser)).count("登录了") == 0
    page = read(browse(world.district_staff))
    assert page.count("登录了") == 1
    assert world.admin.name in page


def test_it_is_narrowed_by_name_work_township_thread_and_days(world: World, browse: Browse) -> None:
    thread, other = make_thread(world.secretary, "水费"), make_thread(world.far_secretary, "路灯")
    hide_post(world.organiser, opening(thread), "重了")
    restore_post(world.organiser, opening(thread))
    lock_thread(world.organiser, thread, on=True)
    lock_thread(world.district_staff, other, on=True)
    do(world.district_staff, "unit.add", "unit", world.village.id, name="新村")
    district = browse(world.district_staff)
    tomorrow = today() + timedelta(days=1)

    def shown(query: str) -> int:
        return read(district, f"/trail?{query}").count('<li class="row">')

    assert shown("") == 5
    assert shown(f"name={world.organiser.name}") == 3
    assert shown("work=people") == 1
    assert shown(f"township={world.other_town.id}") == 1
    assert shown(f"thread={thread.id}") == 3
    assert shown(f"first={today()}&last={today()}") == 5
    assert shown(f"first={tomorrow}") == 0
    assert shown("work=nothing&first=torn&township=x&at=torn") == 5
    assert "没有这样的记录" in read(district, f"/trail?first={tomorrow}")


def test_what_is_taken_away_is_text_and_is_written_down(world: World, browse: Browse) -> None:
    do(world.organiser, "tag.rename", "tag", before="=1+1", after='=HYPERLINK("http://x")')
    do(world.far_organiser, "tag.synonym", "tag", word="别镇的")
    visitor = browse(world.organiser)
    answer = visitor.submit("/trail", action="/trail/export")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[2] for row in cells] == ["给标签改了名"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert "别镇的" not in str(cells)
    exports = select(func.count(AuditEntry.id)).where(AuditEntry.action == "trail.export")
    assert db.session.scalar(exports) == 1
    assert "导出了操作记录" in read(visitor)
    fields = next(form.fields for form in forms_of(read(visitor)) if form.action.startswith("/trail/export"))
    for which in ("", "?work=tags", "?work=tags"):  # the fields of one page get no second file unseen
        visitor.post(f"/trail/export{which}", data=fields)
    assert db.session.scalar(exports) == 4


def test_the_page_costs_the_same_for_one_deed_and_for_a_page_full(
    world: World, browse: Browse, count_statements: Count
) -> None:
    visitor = browse(world.district_staff)

    def cost() -> int:
        visitor.get("/trail")
        with count_statements() as statements:
            assert visitor.get("/trail").status_code == 200
        return len(statements)

    do(world.organiser, "unit.change", "unit", world.village.id)
    few = cost()
    thread = make_thread(world.secretary, "水费")
    for number in range(30):
        kind, ident = [("thread", thread.id), ("post", opening(thread).id), ("person", 1), ("meeting", 1), ("card", 1)][
            number % 5
        ]
        record(world.organiser, "thread.lock", kind, ident)
    db.session.commit()
    assert cost() == few <= 8
