"""What this room holds of a person: nothing but what he did in office."""

from forum.belongings import of_office
from forum.tags.models import TagMerge

of_office(TagMerge.done_by_id, TagMerge.undone_by_id)
