"""Find the staff members whom a text mentions with an @."""

import re

from customers.names import sort_key
from partnership.staff.models import User

_AT = re.compile(r"(?<![\w@.])@(?=\w)")
_LONGEST_NAME = 400


def mentioned_users(text: str) -> list[User]:
    """Return the staff members at work whom the text mentions: by name, by first name where only one has it, or by the
    local part of their address. The longest name wins; case and accents make no difference."""
    mentions = [sort_key(text[at.end() : at.end() + _LONGEST_NAME]) for at in _AT.finditer(text)]
    if not mentions:
        return []
    names = _names_of(list(User.objects.at_work()))
    longest_first = sorted(names, key=len, reverse=True)
    found: dict[int, User] = {}
    for mention in mentions:
        name = next((name for name in longest_first if _begins_with(mention, name)), None)
        found |= {user.pk: user for user in names.get(name or "", ())}
    return list(found.values())


def _names_of(staff: list[User]) -> dict[str, list[User]]:
    """Map each name to whom it mentions; two people of the same full name are both mentioned."""
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


def _begins_with(mention: str, name: str) -> bool:
    """Return whether the text begins with the name as a whole word."""
    return mention.startswith(name) and not mention[len(name) : len(name) + 1].isalnum()
