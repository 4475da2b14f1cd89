"""Putting a suspension off: asked for on the page, by SMS or by telephone, or agreed with an adviser."""
