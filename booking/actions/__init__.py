"""The use cases, one verb per function: what every door calls."""
