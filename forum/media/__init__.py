"""Pictures, checked and encoded anew, and office files, looked through: both served by right of their post."""
