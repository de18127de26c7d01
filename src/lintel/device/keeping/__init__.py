"""Keeping what was counted: a thread that owns the store, and what others may ask of it."""
