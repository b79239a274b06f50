"""The audit trail as it is read: who did what and when, in plain words, for those who answer for it."""
