"""The benchmarks: ratios within one interleaved run (design decision D10)."""
