"""The tree of units, the people in it, their postings, the roster import and activation slips."""
