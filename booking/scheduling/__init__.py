"""Which starts are possible, and why: dates, minutes and integers only."""
