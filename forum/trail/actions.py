"""Taking a part of the trail away as a file is a deed itself."""

from forum.audit.actions import record
from forum.units.actors import Actor


def note_export(actor: Actor, rows: int) -> None:
    """Write down that the actor took this many deeds away."""
    record(actor, "trail.export", "trail", rows=rows)
