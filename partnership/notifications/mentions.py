"""Who is meant by an @ in a text."""

import re

from customers.names import sort_key
from partnership.staff.models import User

_AT = re.compile(r"(?<![\w@.])@(?=\w)")
LONGEST = 400
"""Characters after an @ in which a name is looked for."""


def mentioned(text: str) -> list[User]:
    """The active staff that the text names: @ and their name, their first name where only one has it, or what stands
    before the @ of their address. The longest name wins; case and accents make no difference."""
    calls = [sort_key(text[found.end() : found.end() + LONGEST]) for found in _AT.finditer(text)]
    if not calls:
        return []
    names = names_of(list(User.objects.filter(is_active=True)))
    longest_first = sorted(names, key=len, reverse=True)
    meant: dict[int, User] = {}
    for call in calls:
        name = next((name for name in longest_first if begins_with(call, name)), None)
        meant |= {user.pk: user for user in names.get(name or "", ())}
    return list(meant.values())


def names_of(staff: list[User]) -> dict[str, list[User]]:
    """What each can be called by; two of the same full name are both called."""
    names: dict[str, list[User]] = {}
    first: dict[str, list[User]] = {}
    for user in staff:
        full = sort_key(user.name)
        for name in {full, sort_key(user.email.partition("@")[0])} - {""}:
            names.setdefault(name, []).append(user)
        first.setdefault(full.partition(" ")[0], []).append(user)
    for name, users in first.items():
        if name and len(users) == 1:
            names.setdefault(name, users)
    return names


def begins_with(call: str, name: str) -> bool:
    """The name, and no letter of a longer word behind it."""
    return call.startswith(name) and not call[len(name) : len(name) + 1].isalnum()
