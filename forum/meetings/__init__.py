"""The monthly village secretary forum: theme, sittings, agenda, replies, attendance, minutes."""
