"""Checking a signature (`/verify`), open to all."""
