"""What is asked of the list, as a URL says it."""

from typing import Any
from urllib.parse import urlencode


def query_of(asked: dict[str, Any]) -> str:
    return urlencode({name: 1 if value is True else value for name, value in asked.items()})
