"""One bill: what it is made of, what changed, and what pays it."""
