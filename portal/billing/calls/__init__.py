"""Itemised calls: on a page and as a table to keep."""
