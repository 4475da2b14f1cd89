"""The list of bills: what is found, what it comes to, and how it went in the last months."""
