"""What must be told to somebody: the outbox, the worker that empties it, and the inbox it fills."""
