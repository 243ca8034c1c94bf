"""What the palette offers: customers and what is done with them, saved views, pages, and actions on the customer whose
page is open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.names import sort_key
from partnership.desk.composer.tabs import COMPOSERS, CallForm, NoteForm, ReplyForm
from partnership.desk.composer.texts.forward_form import ForwardForm
from partnership.desk.saved_views.selection import views_for
from partnership.desk.search.results import CustomerHit
from partnership.staff.models import User


@dataclass(frozen=True)
class Offer:
    """A page or action to choose; `keys`: its keyboard shortcut; `writes`: it opens with a field to write in."""

    label: str
    url: str
    icon: str
    keys: str = ""
    writes: bool = False


@dataclass(frozen=True)
class PersonOffer:
    """A customer to open, and what is done with them most."""

    hit: CustomerHit
    actions: list[Offer]

    @classmethod
    def of(cls, hit: CustomerHit) -> "PersonOffer":
        pk = hit.listed.customer.pk
        return cls(hit, [Offer(str(form.title), reverse("compose", args=[pk, form.tab]), icon) for form, icon in _ACTS])


_ACTS = ((ReplyForm, "kind-message"), (NoteForm, "kind-note"), (CallForm, "kind-call"))


def saved_views(user: User) -> list[Offer]:
    return [Offer(view.name, view.get_absolute_url(), "pin") for view in views_for(user)]


def pages(user: User) -> list[Offer]:
    offers = [
        Offer(_("Focus"), reverse("focus"), "focus", "g f"),
        Offer(_("Customers"), reverse("customers"), "customers", "g c"),
        Offer(_("Add a customer"), reverse("new_customer"), "plus", writes=True),
        Offer(_("Group session"), reverse("group_session"), "kind-attendance"),
        Offer(_("Open recoveries"), reverse("recoveries"), "kind-recovery"),
        Offer(_("Wall"), reverse("wall"), "wall", "g w"),
        Offer(_("Notifications"), reverse("notifications"), "bell", "g i"),
        Offer(_("My drafts"), reverse("my_drafts"), "edit"),
        Offer(_("Scheduled"), reverse("scheduled"), "clock"),
        Offer(_("Saved replies"), reverse("saved_replies"), "edit"),
        Offer(_("Saved views"), reverse("saved_views"), "pin"),
        Offer(_("My profile"), reverse("profile"), "user"),
        Offer(_("Preferences"), reverse("preferences"), "settings"),
    ]
    return [*offers, Offer(_("Admin"), reverse("admin:index"), "settings", "g a")] if user.is_staff else offers


def actions(customer: Customer) -> list[Offer]:
    name = customer.display_name
    tabs = [
        Offer(f"{form.title} · {name}", reverse("compose", args=[customer.pk, tab]), "edit", writes=True)
        for tab, form in COMPOSERS.items()
        if tab != ForwardForm.tab
    ]
    return [
        *tabs,
        Offer(_("Timeline of %(name)s") % {"name": name}, reverse("timeline", args=[customer.pk]), "clock"),
        Offer(_("Details of %(name)s") % {"name": name}, reverse("edit_customer", args=[customer.pk]), "user"),
    ]


def matching(offers: list[Offer], words: str) -> list[Offer]:
    """Keep the offers whose label has, for every word, a word that begins so."""
    prefixes = sort_key(words).split()
    return [
        offer for offer in offers
        if all(any(word.startswith(prefix) for word in sort_key(offer.label).split()) for prefix in prefixes)
    ]  # fmt: skip
