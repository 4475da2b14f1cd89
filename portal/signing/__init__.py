"""Click2Sign: what an order asks somebody to sign, read and signed in the portal within 24 hours."""
