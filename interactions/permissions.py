"""Who may change an entry. Whoever may see the customer may mark it, pin it and share it; that takes no rule."""

from interactions.models import Deletion, Interaction
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User


def may_edit(user: User, entry: Interaction) -> bool:
    """Its author and managers. What a customer wrote has no author among us, so that is the managers'."""
    return user.is_manager or entry.author_id == user.pk


def may_delete(user: User, entry: Interaction) -> bool:
    """What was written here: its author and managers. What came from elsewhere: the customer's owner and managers."""
    if user.is_manager:
        return True
    written_here = entry.source == OWN_SOURCE and entry.author_id is not None
    return user.pk == (entry.author_id if written_here else entry.customer.owner_id)


def may_restore(user: User, deletion: Deletion) -> bool:
    """Who deleted it, the customer's owner and managers; they alone also see what it said."""
    return user.is_manager or user.pk in (deletion.by_id, deletion.customer.owner_id)
