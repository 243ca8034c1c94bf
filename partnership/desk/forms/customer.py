from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPoint, Customer
from customers.querysets import CustomerQuerySet
from partnership.desk.forms.composer import DayInput
from partnership.staff.models import User


class NamedField(forms.CharField):
    """Another customer, chosen by name: a list of all of them would be too long to choose from."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=300, **kwargs)


class CustomerForm(forms.ModelForm):
    """`visible`: the customers that may be named as organisation and introducer."""

    organisation_name = NamedField(label=_("Organisation"), help_text=_("The full name of one that is here."))
    introducer_name = NamedField(label=_("Introduced by"), help_text=_("The full name of somebody who is here."))
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Several with commas between."))

    class Meta:
        model = Customer
        fields = [
            "name", "kind", "preferred_name", "about", "role", "owner", "lifecycle", "since",
            "language", "timezone", "preferred_channel", "pace", "do_not_contact", "restricted",
        ]  # fmt: skip
        widgets = {"about": forms.Textarea(attrs={"rows": 3, "dir": "auto"}), "since": DayInput()}

    field_order = [
        "name", "kind", "preferred_name", "about", "organisation_name", "role", "introducer_name", "owner",
        "lifecycle", "since", "tags", "language", "timezone", "preferred_channel", "pace",
    ]  # fmt: skip

    def __init__(self, *args: Any, visible: CustomerQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visible = visible.standing().exclude(pk=self.instance.pk)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = User.objects.filter(is_active=True)
        self.initial["tags"] = ", ".join(self.instance.tags)
        self.initial["organisation_name"] = getattr(self.instance.organisation, "name", "")
        self.initial["introducer_name"] = getattr(self.instance.introduced_by, "name", "")

    def clean_tags(self) -> list[str]:
        tags = dict.fromkeys(filter(None, (tag.strip() for tag in self.cleaned_data["tags"].split(","))))
        if any(len(tag) > 60 for tag in tags):
            raise ValidationError(_("A tag has at most 60 characters."))
        return list(tags)

    def clean_organisation_name(self) -> Customer | None:
        return self.named("organisation_name", self.visible.filter(kind=Customer.Kind.ORGANISATION), "organisation")

    def clean_introducer_name(self) -> Customer | None:
        return self.named("introducer_name", self.visible, "introduced_by")

    def named(self, field: str, among: CustomerQuerySet, attribute: str) -> Customer | None:
        """Whoever bears that name. The one who stands there already stays, however many share the name."""
        name = self.cleaned_data[field]
        standing: Customer | None = getattr(self.instance, attribute)
        if not name or (standing and standing.name == name):
            return standing if name else None
        found = list(among.filter(name__iexact=name)[:2])
        if len(found) != 1:
            raise ValidationError(
                _("Several have that name: choose in the admin.") if found else _("Nobody here has that name.")
            )
        return found[0]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"organisation", "introduced_by"}  # type: ignore[misc]

    def _post_clean(self) -> None:
        """The model's own checks see the two that were named."""
        self.instance.organisation = self.cleaned_data.get("organisation_name")
        self.instance.introduced_by = self.cleaned_data.get("introducer_name")
        self.instance.tags = self.cleaned_data.get("tags", [])
        super()._post_clean()  # type: ignore[misc]


class ContactPointForm(forms.ModelForm):
    class Meta:
        model = ContactPoint
        fields = ["kind", "value"]
        labels = {"value": _("Address, number or name")}

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        kwargs["instance"] = ContactPoint(customer=customer)
        super().__init__(*args, **kwargs)

    def _get_validation_exclusions(self) -> set[str]:
        """`normalised` is made from the value: held to be unique with it."""
        return super()._get_validation_exclusions() - {"normalised"}  # type: ignore[misc]
