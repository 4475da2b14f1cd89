"""UPN: the payment order of a bill, and its QR code."""
