"""Find the thread of an imported mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.models import Customer
from customers.normalisation import normalise
from interactions import mail
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.models import Conversation, Interaction, Outgoing
from interactions.models.conversation import sibling_ref

SOURCE = "mail"

# Our message ids begin with the interaction's external id, a UUID.
OWN_MESSAGE_ID = re.compile(r"<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@")

_MAX_THREADS = 100_000


@dataclass(frozen=True)
class Thread:
    """A thread: its ref without the suffix of a further customer's thread, and its customer's ref.

    `left`: keys of the customers who had the thread before it was moved.
    """

    ref: str
    customer: str = ""
    left: frozenset[int] = frozenset()

    def customer_fields(self, via: Record) -> Record:
        """Return the fields that name a message's customer, who has this contact point.

        A contact point of a customer who had the thread before belongs to the thread's new customer; a person of that
        organisation is named as the person.
        """
        owner = _owner_of(via) if self.left else None
        if owner is None or owner.pk not in self.left:
            return {"via": via}
        firm = owner.organisation
        return {"customer": self.customer} | ({"person": owner.ref} if firm and firm.ref == self.customer else {})


def _owner_of(via: Record) -> Customer | None:
    try:
        found = refs.customers_by_contact_point(via["kind"], [normalise(via["kind"], via["value"])])
    except ValidationError:
        return None
    return Customer.objects.select_related("organisation").filter(pk__in=found.values()).first()


def _earlier_customers(threads: set[int | None]) -> dict[int, frozenset[int]]:
    """Map moved threads, and those they were joined to, to the customers they were moved from.

    Merged customers are replaced by their survivor.
    """
    moved = Conversation.objects.filter(Q(pk__in=threads) | Q(joined_into__in=threads)).exclude(split_from=[])
    left: dict[int, set[int]] = {}
    for pk, into, split_from in moved.values_list("pk", "joined_into", "split_from"):
        left.setdefault(into or pk, set()).update(split_from)
    standing = refs.replace_merged({pk: pk for customers in left.values() for pk in customers})
    return {thread: frozenset(standing[pk] for pk in customers) for thread, customers in left.items()}


@dataclass
class Threads:
    """Finds the thread of a message: where it is stored already, else the thread of the nearest message it answers.

    So a reply follows a thread that was split, joined or moved. If no answered message is known, the thread is named
    after the first one, so that the order of arrival hardly matters.
    """

    known: dict[str, Thread] = field(default_factory=dict)

    def find(self, message: mail.Message, own_id: str, values: Sequence[str]) -> list[Thread]:
        """Return the thread for each party, by the value of its contact point."""
        ancestors = [f"<{reference}>" for reference in message.references]
        ids = [own_id, *reversed(ancestors)]
        named = [[name for id_ in ids for name in (party_external_id(id_, value), id_)] for value in values]
        self._look_up({name for names in named for name in names}, set(ids))
        first = Thread(f"{SOURCE}:{(ancestors or [own_id])[0]}")
        found = [next(filter(None, map(self.known.get, names)), first) for names in named]
        self.known.update({name[0]: thread for name, thread in zip(named, found, strict=True)})
        self.known.setdefault(own_id, found[0])
        return found

    def _look_up(self, names: set[str], ids: set[str]) -> None:
        """Look up stored messages that this import has not seen."""
        if len(self.known) >= _MAX_THREADS:
            self.known.clear()
        new = names - self.known.keys()
        stored = Interaction.objects.filter(source=SOURCE, external_id__in=new, conversation__isnull=False)
        found = {row.external_id: row for row in stored.select_related("conversation", "customer")}
        ours = {id_ for id_ in ids & new if OWN_MESSAGE_ID.match(id_)}
        if ours:
            sent = Outgoing.objects.filter(message_id__in=ours, interaction__conversation__isnull=False)
            for each in sent.select_related("interaction__conversation", "interaction__customer"):
                found[each.message_id] = each.interaction
        left = _earlier_customers({row.conversation_id for row in found.values()})
        for name, row in found.items():
            earlier = left.get(row.conversation_id or 0, frozenset())
            self.known[name] = Thread(_thread_ref(row), row.customer.ref, earlier)


def party_external_id(message_id: str, value: str) -> str:
    """Return the external id of a further party's row."""
    return sibling_ref(f"{SOURCE}:{message_id}", value).removeprefix(f"{SOURCE}:")


def _thread_ref(row: Interaction) -> str:
    """Return the thread's ref without the suffix of a further customer's thread."""
    assert row.conversation is not None
    return row.conversation.ref.removesuffix(f"#{row.customer.ref}")
