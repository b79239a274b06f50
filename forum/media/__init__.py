"""Pictures: checked, turned upright, stripped of where they were taken, re-encoded, and served by right of their thread."""
