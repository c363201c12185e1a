"""The pure engine: literal cases, properties, and a brute-force oracle."""
