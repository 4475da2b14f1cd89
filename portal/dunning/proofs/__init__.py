"""Proof that a customer paid elsewhere."""
