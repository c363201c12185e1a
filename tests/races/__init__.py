"""Everything at once: many processes, random sequences, kills, and controls that must fail."""
