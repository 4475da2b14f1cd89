"""Stand-ins for the world outside, for the demo and for tests. Only `app.py`, the demo and tests import this."""
