"""Which saved replies a user may choose from, and in what order for a customer."""

from django.db.models import Q, QuerySet
from django.http import QueryDict

from customers.models import Customer
from partnership.core.params import parse_number
from partnership.desk.models import SavedReply
from partnership.desk.saved_replies.blanks import fill_blanks, open_blanks
from partnership.staff.models import Firm, User

_MOST = 300


def replies_for(user: User) -> "QuerySet[SavedReply]":
    """List the user's own and those for everybody, by title."""
    return SavedReply.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")


def offered_replies(customer: Customer, *, by: User, firm: Firm) -> list[SavedReply]:
    """List those to choose from: in the customer's language first, then in the firm's or in none, then the others."""
    order = [_base(customer.language), _base(firm.language), ""]

    def place(reply: SavedReply) -> tuple[int, str]:
        language = _base(reply.language)
        return (order.index(language) if language in order else len(order), language)

    found = SavedReply.objects.filter(Q(owner=by) | Q(shared=True)).order_by("title", "pk")
    return sorted(found[:_MOST], key=place)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def fields_with_reply(data: QueryDict, *, written: str, customer: Customer, by: User) -> dict[str, str]:
    """Return a form's fields with the saved reply that the button `insert` names below what is written."""
    fields = {name: str(value) for name, value in data.items()} | {"carried": "\n".join(data.getlist("carried"))}
    reply = replies_for(by).filter(pk=parse_number(data.get("insert", "")) or 0).first()
    if reply:
        text = fill_blanks(reply.text, customer=customer, by=by, firm=Firm.current())
        blanks = [*fields.get("blanks", "").splitlines(), *open_blanks(text)]
        fields["blanks"] = "\n".join(dict.fromkeys(blanks))
        fields[written] = "\n\n".join(filter(None, [fields.get(written, "").rstrip(), text]))
    return fields
