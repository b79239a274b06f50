"""The hour itself: what the hall is at, on the wall and on every phone, and the questions that come from the benches."""
