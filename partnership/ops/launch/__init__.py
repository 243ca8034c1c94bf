"""`python -m partnership.ops.launch [--demo]`: everything Partnership needs, started, watched and stopped together."""
