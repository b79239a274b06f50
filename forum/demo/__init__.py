"""An invented district with a year of its forum, to try everything on."""
