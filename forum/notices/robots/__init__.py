"""Robots in the group chats of townships: what they hear, and how it is handed to them."""
