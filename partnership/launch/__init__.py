"""`python -m partnership.launch [--demo]`: everything that Partnership needs, started, watched and stopped together."""
