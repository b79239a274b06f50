"""Putting threads where they belong: pinning, moving, merging, splitting, and taking it back."""
