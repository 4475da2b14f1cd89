"""The end of a contract for non-payment, and what follows: the claim, the agency, enforcement."""
