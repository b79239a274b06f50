"""What the township and the district see of the whole: which month each township met, and what is not finished."""
