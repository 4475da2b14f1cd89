"""What a customer sees of it: where they stand, what happened, what comes next."""
