"""Names as they sort: PostgreSQL here sorts by bytes, so the order is made in Python."""

import unicodedata


def sort_key(name: str) -> str:
    """Casefolded, accents stripped, runs of white space as one blank; at most 200 characters."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())[:200]
