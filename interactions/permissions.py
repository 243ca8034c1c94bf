"""Who may change an entry. Marking, pinning and sharing need only the right to see the customer."""

from interactions.models import Deletion, Interaction
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User


def may_edit(user: User, entry: Interaction) -> bool:
    """Allow the author and managers. A customer's message has no author, so only managers may edit it."""
    return user.is_manager or entry.author_id == user.pk


def may_delete(user: User, entry: Interaction) -> bool:
    """Allow managers, and the author of an entry written here or the customer's owner for an imported one."""
    if user.is_manager:
        return True
    written_here = entry.source == OWN_SOURCE and entry.author_id is not None
    return user.pk == (entry.author_id if written_here else entry.customer.owner_id)


def may_restore(user: User, deletion: Deletion) -> bool:
    """Allow managers, the user who deleted it and the customer's owner; only they see its text."""
    return user.is_manager or user.pk in (deletion.by_id, deletion.customer.owner_id)
