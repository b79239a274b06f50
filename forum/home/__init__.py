"""The page one comes home to: what this month holds and what waits for an answer."""
