"""Mail for those who have an address: the morning's digest, single letters, and the confirming of an address."""
