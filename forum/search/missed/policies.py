"""Who may read what was not found."""

from forum.units.actors import Actor


def can_read_missed(actor: Actor) -> bool:
    """Those who plan what is to be talked about: organisers and the district."""
    return actor.is_organiser or actor.is_district
