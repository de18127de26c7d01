"""A picture page of one recording, so that an installer can look instead of read."""
