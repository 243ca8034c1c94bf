"""Sort keys for names, made in Python because the embedded PostgreSQL sorts by bytes."""

import unicodedata


def sort_key(name: str) -> str:
    """Return the name casefolded, without accents and extra spaces, cut at 200 characters."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())[:200]
