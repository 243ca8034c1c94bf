"""`python -m partnership.ops.launch [--demo]`: start, watch and stop all processes of Partnership."""
