"""What was searched for and not found: words, for the organisers; never who."""
