"""Measurements of the operator's systems come in."""
