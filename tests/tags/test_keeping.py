"""Tags are renamed, retired and taught words without anybody losing what he knew them by."""

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.tags.actions import NameTaken, StillInUse, add_synonym, drop_synonym, rename_tag, retire_tag
from forum.tags.models import TagSynonym
from forum.tags.queries import suggest, tag_groups
from tests.tags.makers import make_tags, words_of


@pytest.fixture
def tags(app):
    return make_tags()


def offered():
    return {leaf.code for group in tag_groups() for leaf in group.tags}


def test_a_renamed_tag_is_found_by_its_old_name_and_by_its_new(world, tags):
    rename_tag(world.district_staff, tags["livestock"], "畜牧: 水产")
    assert tags["livestock"].name == "畜牧： 水产"  # a half-width colon parts names in lists
    assert words_of(tags["livestock"]) == {"养猪", "养殖"}
    assert suggest("养殖赔了") == [tags["livestock"].id]
    rename_tag(world.district_staff, tags["livestock"], "养殖")
    assert words_of(tags["livestock"]) == {"养猪", "畜牧： 水产"}


def test_two_tags_in_use_are_not_called_the_same(world, tags):
    with pytest.raises(NameTaken):
        rename_tag(world.district_staff, tags["livestock"], "种植")
    retire_tag(world.district_staff, tags["crops"])
    rename_tag(world.district_staff, tags["livestock"], "种植")
    with pytest.raises(NameTaken):
        retire_tag(world.district_staff, tags["crops"], is_retired=False)


def test_a_word_is_taught_once_and_can_be_taken_away(world, tags):
    assert add_synonym(world.organiser, tags["crops"], "拱棚") is True
    assert add_synonym(world.organiser, tags["crops"], "拱棚") is False
    assert add_synonym(world.organiser, tags["crops"], "种植") is False
    drop_synonym(world.organiser, db.session.scalars(select(TagSynonym).where(TagSynonym.word == "拱棚")).one())
    assert words_of(tags["crops"]) == {"大棚"}
    entries = db.session.execute(select(AuditEntry.action, AuditEntry.township_id).order_by(AuditEntry.id)).all()
    assert entries == [("tag.synonym", world.town.id), ("tag.drop_synonym", world.town.id)]


def test_a_retired_tag_is_offered_no_more_until_it_is_taken_up_again(world, tags):
    retire_tag(world.district_staff, tags["crops"])
    retire_tag(world.district_staff, tags["crops"])
    assert "crops" not in offered()
    retire_tag(world.district_staff, tags["crops"], is_retired=False)
    assert "crops" in offered()
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["tag.retire", "tag.reinstate"]


def test_a_group_is_retired_after_its_leaves_and_comes_back_with_the_first(world, tags):
    with pytest.raises(StillInUse):
        retire_tag(world.district_staff, tags["welfare"])
    retire_tag(world.district_staff, tags["elderly"])
    retire_tag(world.district_staff, tags["welfare"])
    assert [group.code for group in tag_groups()] == ["industry"]
    retire_tag(world.district_staff, tags["elderly"], is_retired=False)
    assert "elderly" in offered()


def test_a_group_does_not_come_back_beside_another_of_its_name(world, tags):
    retire_tag(world.district_staff, tags["elderly"])
    retire_tag(world.district_staff, tags["welfare"])
    rename_tag(world.district_staff, tags["industry"], "民生")
    with pytest.raises(NameTaken):
        retire_tag(world.district_staff, tags["elderly"], is_retired=False)
    assert "elderly" not in offered()
