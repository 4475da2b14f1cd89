"""Orders arrive from the sales system, from its people and from the shop; staff sees what becomes of them."""
