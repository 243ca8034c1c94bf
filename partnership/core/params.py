"""Values of a query string, where nonsense counts as missing."""


def parse_number(text: str) -> int | None:
    """Return a whole number that fits a database key; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
