"""Search over cards, threads and replies: `terms` cuts text, `index` keeps and asks the index."""
