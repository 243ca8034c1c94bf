"""The interchange format (docs/interchange.md): its records, how they are taken in, and how they read when written."""
