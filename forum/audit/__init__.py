"""Who did what, when, to what: one row for every deed that somebody else may have to answer for."""
