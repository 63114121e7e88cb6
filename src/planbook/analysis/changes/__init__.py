"""What changed between two editions, and the parts of a snapshot."""
