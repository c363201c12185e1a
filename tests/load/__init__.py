"""Many people at once, for long, and more than can be served (L)."""
