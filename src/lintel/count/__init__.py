"""From tracks to events: lines and their rules."""
