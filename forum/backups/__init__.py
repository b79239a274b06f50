"""Backups: database, pictures and settings in one file that is whole or not there, verified, and restored into an empty place."""
