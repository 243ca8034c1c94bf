"""Tags as a line of text and back: commas between them, quotes around a tag that holds a comma itself."""

import csv
from collections.abc import Iterable


def join_tags(tags: Iterable[str]) -> str:
    return ", ".join(_quote(tag) for tag in tags)


def _quote(tag: str) -> str:
    if "," in tag or tag.startswith('"') or tag != tag.strip():
        return '"' + tag.replace('"', '""') + '"'
    return tag


def split_tags(text: str) -> list[str]:
    """Return the tags of a line, each once. Never fails: a quote that is not closed ends with the line."""
    line = " ".join(text.replace("\0", "").split())
    found = next(csv.reader([line], skipinitialspace=True), [])
    return list(dict.fromkeys(filter(None, (tag.strip() for tag in found))))
