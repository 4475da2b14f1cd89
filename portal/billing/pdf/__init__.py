"""Bills as PDF, one or a year of them."""
