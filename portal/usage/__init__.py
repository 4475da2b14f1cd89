"""What was used of what is included, what it costs beyond that, and the limits to it."""
