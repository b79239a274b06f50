"""Two-level tags with the words people really type."""
