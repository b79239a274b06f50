"""Themes that the district proposes to its townships: each takes one up or not."""
