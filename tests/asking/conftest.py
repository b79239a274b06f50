"""What the tests of asking begin with: tags, and an index of what was written."""

import pytest

from forum.tags.models import Tag, TagSynonym
from tests.factories import World, save
from tests.search.conftest import indexed, root  # noqa: F401 - fixtures


@pytest.fixture
def light(world: World) -> Tag:
    """The tag of street lights."""
    group = save(Tag(code="roads", name="道路设施"))
    return save(Tag(code="light", name="路灯照明", parent_id=group.id, synonyms=[TagSynonym(word="路灯")]))
