"""How dates, times and money read; the one place that knows (no Flask, no database)."""
