"""Learning elsewhere and from others: lectures and study trips."""
