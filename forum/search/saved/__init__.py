"""Searches that somebody keeps, and hears of when something new fits."""
