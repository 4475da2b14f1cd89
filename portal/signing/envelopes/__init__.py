"""An envelope from its opening to its one outcome: accepted, declined or expired."""
