"""Everything that somebody wrote, to take along: one file to read and to keep, open also after his term."""
