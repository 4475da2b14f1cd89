"""Money by bank transfer: statements read, what is certain booked, the rest settled by people."""
