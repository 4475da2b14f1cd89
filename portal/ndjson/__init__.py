"""Files of the operator's systems: one JSON object a line, read with memory for a few, each wrong in words or right."""
