from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.merging.resolution import lock_survivor
from customers.models import ContactPoint, Customer
from customers.querysets import CustomerQuerySet


class ContactPointForm(forms.ModelForm):
    class Meta:
        model = ContactPoint
        fields = ["kind", "value"]
        labels = {"value": _("Address, number or name")}

    def __init__(self, given: QueryDict | None = None, *, customer: Customer, visible: CustomerQuerySet) -> None:
        """`visible`: customers who may be named as its present owner."""
        super().__init__(given, auto_id="contact-point-%s", instance=ContactPoint(customer=customer))
        self.visible = visible

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors.get(NON_FIELD_ERRORS) and self._same_points().exists():
            del self.errors[NON_FIELD_ERRORS]
            self.add_error(None, self.duplicate_error())

    def save(self, commit: bool = True) -> ContactPoint:
        """Save it for the customer, or for the one they were just merged into. Call it in a transaction."""
        self.instance.customer = lock_survivor(self.instance.customer)
        point: ContactPoint = super().save(commit)
        return point

    def _same_points(self) -> QuerySet[ContactPoint]:
        return ContactPoint.objects.filter(kind=self.instance.kind, normalised=self.instance.normalised)

    def duplicate_error(self) -> str:
        """Name its owner, if the user may see them."""
        if self._same_points().filter(customer=self.instance.customer).exists():
            return gettext("They have this contact point already.")
        holder = self.visible.filter(contact_points__in=self._same_points()).first()
        name = holder.name if holder else gettext("Another customer")
        return gettext("%(name)s has this contact point. A shared one belongs to an organisation.") % {"name": name}

    def _get_validation_exclusions(self) -> set[str]:
        """Check uniqueness of `normalised` too, which is made from the value."""
        return super()._get_validation_exclusions() - {"normalised"}  # type: ignore[misc]
