"""The signatures in the PDFs: the operator's seal, the customer's, and what anyone can tell of them afterwards."""
