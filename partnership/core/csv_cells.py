"""Text on its way into a spreadsheet."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A spreadsheet takes a text that begins like a formula for one, and runs it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
