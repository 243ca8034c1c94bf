"""Values of a query string, read so that nonsense is nothing instead of an error."""


def parse_number(text: str) -> int | None:
    """Return a whole number that a database key can be; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
