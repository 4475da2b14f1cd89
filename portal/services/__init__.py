"""Services that a customer switches on and off on a line."""
