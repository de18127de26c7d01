"""Counting without end: a thread that owns source and chain, and whoever watches over it."""
