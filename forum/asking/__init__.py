"""Before asking: what other villages met already, whom to ask, and 就是这个, after which nothing need be posted."""
