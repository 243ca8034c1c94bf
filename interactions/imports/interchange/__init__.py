"""The interchange format (docs/interchange.md): its records, their validation and their canonical form."""
