"""Benchmarks: measure each claim of speed and its floor in the same run. `make bench` runs them all."""
