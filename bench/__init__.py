"""Every claim of speed, measured beside its floor in the same run. `make bench` runs them all."""
