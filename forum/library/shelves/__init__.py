"""The library as a place to read: what a new secretary should read first, and what is borrowed most."""
