from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.merge_resolution import who_stands
from customers.models import ContactPoint, Customer
from customers.querysets import CustomerQuerySet


class ContactPointForm(forms.ModelForm):
    class Meta:
        model = ContactPoint
        fields = ["kind", "value"]
        labels = {"value": _("Address, number or name")}

    def __init__(self, given: Any = None, *, customer: Customer, visible: CustomerQuerySet, **kwargs: Any) -> None:
        """`visible`: customers who may be named as those who have it already."""
        kwargs["instance"] = ContactPoint(customer=customer)
        super().__init__(given, auto_id="contact-point-%s", **kwargs)
        self.visible = visible

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors.get(NON_FIELD_ERRORS) and self.same().exists():
            del self.errors[NON_FIELD_ERRORS]
            self.add_error(None, self.duplicate_error())

    def save(self, commit: bool = True) -> Any:
        """To be called in a transaction: theirs, or whose they became by a merge at this moment."""
        self.instance.customer = who_stands(self.instance.customer)
        return super().save(commit)

    def same(self) -> QuerySet[ContactPoint]:
        return ContactPoint.objects.filter(kind=self.instance.kind, normalised=self.instance.normalised)

    def duplicate_error(self) -> str:
        """Whose it is, where that may be said."""
        if self.same().filter(customer=self.instance.customer).exists():
            return gettext("They have this contact point already.")
        holder = self.visible.filter(contact_points__in=self.same()).first()
        name = holder.name if holder else gettext("Another customer")
        return gettext("%(name)s has this contact point. A shared one belongs to an organisation.") % {"name": name}

    def _get_validation_exclusions(self) -> set[str]:
        """`normalised` is made from the value: held to be unique with it."""
        return super()._get_validation_exclusions() - {"normalised"}  # type: ignore[misc]
