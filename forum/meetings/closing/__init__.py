"""办结: what is missing, what will happen, and closing a meeting in one step."""
