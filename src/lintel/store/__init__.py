"""What is kept: encrypted, for a stated time, with proof of what was erased."""
