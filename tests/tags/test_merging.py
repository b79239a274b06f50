"""One tag stands for another at once, what carried it follows in pieces, and all of it can be taken back for thirty days."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from forum.audit.models import AuditEntry
from forum.changes import Change
from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import ExperienceTag
from forum.meetings.models import Meeting
from forum.tags import moving
from forum.tags.actions import add_synonym, rename_tag, retire_tag
from forum.tags.carriers import CARRIERS
from forum.tags.merging import CannotMerge, merge_tag, undo_merge
from forum.tags.models import UNDO_KEPT, Tag, TagMerge, TagMove
from forum.tags.moving import forget_old_moves, move_next
from forum.tags.queries import ids_under, suggest, tag_groups
from forum.threads.models import ThreadTag
from tests.browsing import forms_of
from tests.factories import save
from tests.library.adopting import published_card
from tests.meetings.makers import make_meeting
from tests.tags.makers import make_tags, move_all, reload, tagged_thread, tags_of, words_of


@pytest.fixture
def tags(app):
    return make_tags()


@pytest.fixture
def merge(world, tags):
    """养殖 merged into 种植, by the district; the threads are in ``merge.threads``."""
    threads = {
        "old": tagged_thread(world.secretary, "养猪", tags["livestock"]),
        "both": tagged_thread(world.secretary, "猪粪种菜", tags["livestock"], tags["crops"]),
        "new": tagged_thread(world.secretary, "种菜", tags["crops"]),
        "other": tagged_thread(world.secretary, "卖菜", tags["marketing"]),
    }
    done = merge_tag(world.district_staff, tags["livestock"], tags["crops"])
    db.session.commit()
    done.threads = threads
    return done


def deeds():
    return db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_every_column_that_points_at_tags_is_moved(app):
    pointing = {
        (table.name, key.parent.name)
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "tag"
    }
    own = {(name, column) for name, column in pointing if name in ("tag", "tag_synonym", "tag_merge")}
    assert pointing - own == {(name, carrier.tag.name) for name, carrier in CARRIERS.items()}, "say carries(...)"


def test_it_holds_from_the_deed_on_before_anything_has_moved(world, tags, merge):
    assert tags_of(merge.threads["old"]) == {"livestock"}
    expected = {tags["livestock"].id, tags["crops"].id}
    assert set(ids_under("crops")) == set(ids_under("livestock")) == expected
    assert words_of(tags["crops"]) == {"大棚", "养殖", "养猪"}
    assert suggest("养猪赔了") == [tags["crops"].id]
    assert merge.total == 2


def test_what_carried_the_merged_tag_goes_over_and_comes_back_exactly(world, tags, merge):
    move_all()
    carried = {word: tags_of(thread) for word, thread in merge.threads.items()}
    assert carried == {"old": {"crops"}, "both": {"crops"}, "new": {"crops"}, "other": {"marketing"}}
    assert reload(merge).moved_at is not None
    undo_merge(world.district_staff, merge)
    db.session.commit()
    move_all()
    carried = {word: tags_of(thread) for word, thread in merge.threads.items()}
    assert carried == {"old": {"livestock"}, "both": {"livestock", "crops"}, "new": {"crops"}, "other": {"marketing"}}
    assert reload(merge).put_back_at is not None
    assert db.session.scalar(select(func.count()).select_from(TagMove)) == 0
    assert words_of(tags["crops"]) == {"大棚"}
    assert ids_under("livestock") == [tags["livestock"].id]
    assert deeds() == ["tag.merge", "tag.undo_merge"]


def test_the_search_is_told_of_what_came_back(world, merge):
    move_all()
    db.session.query(Change).delete()
    undo_merge(world.district_staff, merge)
    move_all()
    assert set(db.session.scalars(select(Change.object_id))) == {merge.threads["old"], merge.threads["both"]}


def test_cards_and_themes_go_along(world, tags):
    card = published_card(world)
    meeting = make_meeting(world)
    save(ExperienceTag(experience_id=card.id, tag_id=tags["livestock"].id))
    db.session.execute(update(Meeting).values(theme_tag_id=tags["livestock"].id))
    done = merge_tag(world.district_staff, tags["livestock"], tags["crops"])
    db.session.commit()

    def carried():
        on_card = db.session.scalars(select(ExperienceTag.tag_id).where(ExperienceTag.experience_id == card.id)).all()
        return [*on_card, db.session.scalar(select(Meeting.theme_tag_id).where(Meeting.id == meeting.id))]

    move_all()
    assert carried() == [tags["crops"].id] * 2
    undo_merge(world.district_staff, done)
    db.session.commit()
    move_all()
    assert carried() == [tags["livestock"].id] * 2


def test_it_can_be_taken_back_while_it_is_still_moving(world, merge, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 1)
    move_next()
    db.session.commit()
    undo_merge(world.district_staff, merge)
    db.session.commit()
    move_all()
    assert tags_of(merge.threads["old"]) == {"livestock"}
    assert tags_of(merge.threads["both"]) == {"livestock", "crops"}


def test_a_piece_that_was_cut_off_leaves_nothing_half_done(world, merge, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 1)
    move_next()
    db.session.commit()
    move_next()
    db.session.rollback()  # killed before the commit
    still = select(func.count()).select_from(ThreadTag).join(Tag, Tag.id == ThreadTag.tag_id)
    left = db.session.scalar(still.where(Tag.code == "livestock"))
    remembered = db.session.scalar(select(func.count()).select_from(TagMove))
    assert (left, remembered) == (1, 1)
    assert move_all() == 2  # the other thread, and noticing that nothing is left
    assert tags_of(merge.threads["old"]) == tags_of(merge.threads["both"]) == {"crops"}


def test_what_was_sorted_otherwise_meanwhile_stays_so(world, tags, merge):
    move_all()
    thread = merge.threads["old"]
    emptied = tagged_thread(world.secretary, "别处说的", tags["livestock"], tags["crops"])
    move_all()
    for ident in (thread, emptied):
        db.session.execute(update(ThreadTag).where(ThreadTag.thread_id == ident).values(tag_id=tags["marketing"].id))
    late = tagged_thread(world.secretary, "后来的", tags["crops"])
    undo_merge(world.district_staff, merge)
    db.session.commit()
    # The old tag is offered again before everything is back; whoever takes it now loses nothing by what comes after.
    save(ThreadTag(thread_id=merge.threads["both"], tag_id=tags["livestock"].id))
    move_all()
    assert (tags_of(thread), tags_of(emptied), tags_of(late)) == ({"marketing"}, {"marketing"}, {"crops"})
    assert tags_of(merge.threads["both"]) == {"livestock", "crops"}


def test_a_form_that_was_checked_before_and_written_after_is_moved_too(world, tags, merge):
    move_all()
    late = tagged_thread(world.secretary, "晚到的", tags["livestock"])
    assert move_all() == 1
    assert tags_of(late) == {"crops"}
    undo_merge(world.district_staff, merge)
    move_all()
    assert tags_of(late) == {"livestock"}


def test_whoever_chose_the_merged_tag_before_need_not_choose_again(world, tags, browse):
    browser = browse(world.secretary)
    shown = browser.get("/threads/ask").get_data(as_text=True)
    form = next(form for form in forms_of(shown) if "once" in form.fields)
    merge_tag(world.district_staff, tags["livestock"], tags["crops"])
    db.session.commit()
    typed = {**form.fields, "body": "猪价跌了", "tags": [tags["livestock"].id, tags["crops"].id]}
    answer = browser.post("/threads/ask", data=typed)
    assert answer.status_code == 303
    assert tags_of(int(answer.location.rpartition("/")[2])) == {"crops"}


def test_merges_that_follow_each_other_are_taken_back_from_the_last(world, tags, merge):
    move_all()
    second = merge_tag(world.district_staff, tags["crops"], tags["marketing"])
    move_all()
    assert tags_of(merge.threads["old"]) == {"marketing"}
    assert words_of(tags["marketing"]) == {"电商", "种植", "大棚", "养殖", "养猪"}
    with pytest.raises(CannotMerge):
        undo_merge(world.district_staff, merge)
    undo_merge(world.district_staff, second)
    move_all()
    db.session.refresh(tags["livestock"])
    assert tags["livestock"].merged_into_id == tags["crops"].id
    assert words_of(tags["marketing"]) == {"电商"}
    undo_merge(world.district_staff, merge)
    move_all()
    assert tags_of(merge.threads["both"]) == {"livestock", "crops"}


def test_a_word_that_two_merged_tags_brought_stays_with_the_other(world, tags):
    add_synonym(None, tags["marketing"], "养猪")
    first = merge_tag(world.district_staff, tags["livestock"], tags["crops"])
    move_all()
    merge_tag(world.district_staff, tags["marketing"], tags["crops"])
    move_all()
    undo_merge(world.district_staff, first)
    assert words_of(tags["crops"]) == {"大棚", "养猪", "销售", "电商"}


def test_one_merge_at_a_time_touches_a_tag(world, tags, merge):
    with pytest.raises(CannotMerge):
        merge_tag(world.district_staff, tags["crops"], tags["marketing"])
    move_all()
    merge_tag(world.district_staff, tags["elderly"], tags["crops"])
    with pytest.raises(CannotMerge):  # the other one is moving into the same
        undo_merge(world.district_staff, merge)
    move_all()
    undo_merge(world.district_staff, merge)
    db.session.commit()
    with pytest.raises(CannotMerge):  # still coming back
        merge_tag(world.district_staff, tags["livestock"], tags["crops"])
    move_all()
    merge_tag(world.district_staff, tags["livestock"], tags["crops"])


def test_two_merges_into_one_tag_are_taken_back_in_any_order(world, tags):
    sold, grown, old = tags["marketing"], tags["crops"], tags["elderly"]
    thread = tagged_thread(world.secretary, "养猪卖菜送食堂", tags["livestock"], sold, old)
    merges = []
    for tag in (tags["livestock"], sold, old):
        merges.append(merge_tag(world.district_staff, tag, grown))
        move_all()
    left = []
    for merge in merges:
        undo_merge(world.district_staff, merge)
        move_all()
        left.append(tags_of(thread))
    assert left == [{"livestock", "crops"}, {"livestock", "marketing", "crops"}, {"livestock", "marketing", "elderly"}]


def test_a_word_that_two_merged_tags_know_goes_with_the_last_of_them(world, tags):
    merges = []
    for tag in (tags["livestock"], tags["marketing"]):
        add_synonym(world.district_staff, tag, "卖猪")
        merges.append(merge_tag(world.district_staff, tag, tags["crops"]))
        move_all()
    undo_merge(world.district_staff, merges[0])
    move_all()
    assert words_of(tags["crops"]) == {"大棚", "销售", "电商", "卖猪"}
    undo_merge(world.district_staff, merges[1])
    assert words_of(tags["crops"]) == {"大棚"}


def test_a_merge_is_not_taken_back_beside_another_tag_of_that_name(world, tags, merge):
    move_all()
    rename_tag(world.district_staff, tags["marketing"], "养殖")
    with pytest.raises(CannotMerge):
        undo_merge(world.district_staff, merge)
    rename_tag(world.district_staff, tags["marketing"], "销售")
    undo_merge(world.district_staff, merge)


def test_a_tag_that_stands_for_itself_again_is_offered_in_its_group(world, tags):
    merge = merge_tag(world.district_staff, tags["elderly"], tags["crops"])
    move_all()
    retire_tag(world.district_staff, tags["welfare"])
    undo_merge(world.district_staff, merge)
    assert [tag.code for group in tag_groups() for tag in group.tags][-1] == "elderly"


def test_two_merges_of_one_tag_cannot_both_be_in_force(tags):
    one = {"tag_id": tags["crops"].id, "into_id": tags["marketing"].id, "before": {}}
    save(TagMerge(**one))
    with pytest.raises(IntegrityError):
        save(TagMerge(**one))
    db.session.rollback()


def test_only_leaves_in_use_take_part(world, tags):
    tags["elderly"].retired_at = utcnow()
    db.session.commit()
    for one, other in (("crops", "crops"), ("industry", "crops"), ("crops", "welfare"), ("crops", "elderly")):
        with pytest.raises(CannotMerge):
            merge_tag(world.district_staff, tags[one], tags[other])
    assert deeds() == []
    merge_tag(world.district_staff, tags["elderly"], tags["crops"])  # retired, it is found again this way


def test_after_thirty_days_what_was_moved_is_forgotten(world, merge):
    move_all()
    assert forget_old_moves() is False
    db.session.execute(update(TagMerge).values(done_at=utcnow() - UNDO_KEPT - timedelta(hours=1)))
    assert forget_old_moves() is True
    assert forget_old_moves() is False
    assert db.session.scalar(select(func.count()).select_from(TagMove)) == 0
    with pytest.raises(CannotMerge):
        undo_merge(world.district_staff, reload(merge))
