"""CSV: one row per interaction."""
