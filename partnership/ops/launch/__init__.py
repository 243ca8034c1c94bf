"""`python -m partnership.ops.launch [--demo]`: everything that Partnership needs, started, watched and stopped together."""
