"""What a user may do with an entry, for the templates."""

from dataclasses import dataclass

from interactions.actions.decisions import asks_for_decision
from interactions.actions.entries import MARKS, edit_obstacle, is_markable, text_obstacle
from interactions.mailboxes.forwarding import forwarding_obstacle
from interactions.models import Interaction, Kind
from interactions.permissions import may_delete, may_edit
from partnership.desk.reminders.actions import reminder_obstacle
from partnership.desk.wall.posts import may_take_down
from partnership.staff.models import User

MARK_KEYS = {
    Kind.QUESTION: "1", Kind.REQUEST: "2", Kind.COMPLAINT: "3", Kind.FEEDBACK: "4", Kind.PRAISE: "5",
    Kind.REFUND_REQUEST: "6", Kind.FORGIVENESS: "7", Kind.MESSAGE: "0",
}  # fmt: skip
assert MARK_KEYS.keys() == MARKS


@dataclass(frozen=True)
class Mark:
    """A kind that the entry can be marked as, with its key."""

    kind: str
    label: str
    key: str
    is_on: bool


@dataclass(frozen=True)
class Actions:
    """`why_not`: why it cannot be edited here, empty when it can."""

    entry: Interaction
    marks: list[Mark]
    why_not: str
    may_edit: bool
    may_delete: bool
    may_split: bool
    is_on_wall: bool
    may_take_down: bool
    may_be_exception: bool
    may_forward: bool
    may_remind: bool


def actions_of(entry: Interaction, user: User) -> Actions:
    """List the actions on an entry as desk.web.lookups fetches it."""
    why_not, post = text_obstacle(entry), getattr(entry, "wall_post", None)
    return Actions(
        entry=entry,
        marks=_marks(entry) if is_markable(entry) else [],
        why_not=why_not,
        may_edit=not why_not and may_edit(user, entry),
        may_delete=not edit_obstacle(entry) and may_delete(user, entry),
        may_split=entry.conversation_id is not None,
        is_on_wall=post is not None,
        may_take_down=post is not None and may_take_down(user, post),
        may_be_exception=is_markable(entry) and not asks_for_decision(entry),
        may_forward=not forwarding_obstacle(entry),
        may_remind=not reminder_obstacle(entry),
    )


def _marks(entry: Interaction) -> list[Mark]:
    return [Mark(kind.value, str(kind.label), key, kind == entry.kind) for kind, key in MARK_KEYS.items()]
