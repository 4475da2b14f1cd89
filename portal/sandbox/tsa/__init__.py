"""A stand-in for a timestamping authority, as well-behaved as one chooses."""
