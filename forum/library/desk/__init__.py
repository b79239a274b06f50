"""The library from the desk of those who look after it: evidence, what nobody answers, collections to hand out."""
