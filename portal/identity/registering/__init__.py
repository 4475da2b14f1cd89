"""Registering: what only the customer knows, the data on record, the password by SMS, and the first sign-in."""
