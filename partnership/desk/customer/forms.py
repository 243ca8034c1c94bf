from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.definitions import read_definitions
from customers.custom_fields.values import is_empty
from customers.lookups import restriction_obstacle
from customers.models import ContactPoint, Customer, CustomField
from customers.names import sort_key
from customers.normalisation import normalise
from customers.querysets import CustomerQuerySet
from interactions.change_history.edit_conflicts import EditConflictForm
from partnership.core.forms import DayInput, NumberField
from partnership.desk.custom_fields.inputs import add_inputs, changed_attributes
from partnership.desk.customer.record_fields import LanguageField, TagsField, ZoneField
from partnership.desk.web.suggestions import CustomerNameField
from partnership.staff.models import Firm, User
from partnership.staff.photo_field import PhotoField


class CustomerForm(EditConflictForm, forms.ModelForm):
    """`visible`: the customers that may be named as organisation and introducer. `by`: the user who edits."""

    model_fields = {"organisation_name": "organisation", "introducer_name": "introduced_by"}

    organisation_name = CustomerNameField(
        label=_("Organisation"), help_text=_("Choose one of the list. A new name adds the organisation as a customer.")
    )
    introducer_name = CustomerNameField(label=_("Introduced by"), help_text=_("The name of a customer."))
    tags = TagsField()
    language = LanguageField()
    timezone = ZoneField()
    renewal_amount = NumberField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("What the next renewal is worth. Health counts it among what renews, and what of it is at risk."),
    )
    photo = PhotoField(
        label=_("Photo"), required=False, help_text=_("A picture of their face. Without one, their initials are shown.")
    )

    class Meta:
        model = Customer
        fields = [
            "name", "kind", "preferred_name", "photo", "about", "role", "owner", "lifecycle", "since",
            "renews_on", "renewal_amount", "language", "timezone", "preferred_channel", "pace", "do_not_contact",
            "restricted",
        ]  # fmt: skip
        labels = {"preferred_name": _("Preferred name")}
        widgets = {
            "about": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "since": DayInput(),
            "renews_on": DayInput(),
        }

    field_order = [
        "name", "email", "phone", "owner", "tags", "kind", "organisation_name", "organisation_choice", "role",
        "preferred_name", "photo", "about", "introducer_name", "introducer_choice", "lifecycle", "since", "renews_on",
        "renewal_amount", "language", "timezone", "preferred_channel", "pace",
    ]  # fmt: skip

    # These are asked first; the others are folded away until they are needed.
    _FIRST = ("name", "email", "phone", "owner", "tags")

    def __init__(self, *args: Any, visible: CustomerQuerySet, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visible = visible.unmerged().exclude(pk=self.instance.pk)
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset = User.objects.filter(
            Q(pk__in=User.objects.at_work().values("pk")) | Q(pk=self.instance.owner_id)
        )
        cast(LanguageField, self.fields["language"]).offer(self.instance.language)
        cast(ZoneField, self.fields["timezone"]).present = self.instance.timezone
        self.fields["renewal_amount"].label = _("Renewal amount, in %s") % Firm.current().currency
        self.initial["tags"] = self.instance.tags
        self.shown = {
            what: self.visible.filter(pk=getattr(self.instance, f"{attribute}_id")).first()
            for what, attribute in _NAMED_FIELDS.items()
        }
        self.initial.update({f"{what}_name": one.name if one else "" for what, one in self.shown.items()})
        in_use = [one for one in read_definitions() if not one.is_archived]
        self.custom = add_inputs(self, in_use, self.instance)
        self.model_fields = {**self.model_fields, **dict.fromkeys(self.custom, "attributes")}
        self.by = by
        if not (by.is_manager or self.instance.owner_id == by.pk):
            del self.fields["restricted"]
        several = {name for name, one in self.custom.items() if one.type == CustomField.Type.CHOICES}
        self.detect_conflicts(self.instance, visible=visible, only=self.fields.keys() - several)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self if self._is_first(field.name)]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not self._is_first(field.name)]

    def _is_first(self, name: str) -> bool:
        return name in self._FIRST or (name in self.custom and self.custom[name].is_required)

    @property
    def is_folded(self) -> bool:
        """Whether nothing but the first fields needs to be seen."""
        return self.instance.pk is None and not any(field.errors for field in self.more_fields)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("renewal_amount") is not None and not given.get("renews_on") and "renews_on" not in self.errors:
            self.add_error("renews_on", _("Enter the day of the renewal as well, or clear the amount."))
        for name, field in self.custom.items():
            is_missing = field.is_required and name not in self.errors and is_empty(given.get(name))
            if is_missing and field.applies(given.get("kind", "")):
                self.add_error(name, self.fields[name].error_messages["required"])
        organisations = self.visible.filter(kind=Customer.Kind.ORGANISATION)
        for what, among in (("organisation", organisations), ("introducer", self.visible)):
            try:
                given[f"{what}_name"] = self.named(what, among)
            except ValidationError as wrong:
                self.add_error(f"{what}_name", wrong)
        return given

    def clean_restricted(self) -> bool:
        wanted: bool = self.cleaned_data["restricted"]
        if wanted and not self.instance.restricted and self.instance.pk:
            before = Customer.objects.get(pk=self.instance.pk)
            if reason := restriction_obstacle(before, self.by):
                raise ValidationError(reason)
        return wanted

    def named(self, what: str, among: CustomerQuerySet) -> Customer | None:
        """Find the customer of that name, or the one chosen among several. The present one stays when the name is
        unchanged, or when the user may not see it. An organisation of a new name is not saved yet."""
        name = self.cleaned_data.get(f"{what}_name", "")
        shown = self.shown[what]
        if not name:
            present: Customer | None = getattr(self.instance, _NAMED_FIELDS[what])
            return None if shown else present
        if shown and shown.name == name:
            return shown
        found = list(among.filter(sort_key=sort_key(name)).select_related("organisation")[:_MOST_NAMESAKES])
        if len(found) > 1:
            return self.chosen(what, found)
        if found:
            return found[0]
        if what == "organisation":
            return self._new_organisation(name)
        raise ValidationError(_("There is no customer of that name."))

    def _new_organisation(self, name: str) -> Customer:
        if self.cleaned_data.get("kind") == Customer.Kind.ORGANISATION:
            raise ValidationError(_("Only a person can have an organisation: clear it, or make this a person."))
        return Customer(kind=Customer.Kind.ORGANISATION, name=name, owner=self.cleaned_data.get("owner"))

    def chosen(self, what: str, found: list[Customer]) -> Customer:
        """Ask with radio buttons which of several customers of one name is meant."""
        choices = [(str(one.pk), _distinct_label(one)) for one in found]
        field = forms.ChoiceField(label=_("Which one"), choices=choices, widget=forms.RadioSelect(), required=False)
        self.fields[f"{what}_choice"] = field
        self.order_fields(self.field_order)
        by_pk = {str(one.pk): one for one in found}
        answer = by_pk.get(self.data.get(self.add_prefix(f"{what}_choice"), ""))
        if answer is None:
            raise ValidationError(_("Several have that name: choose one of them below."))
        return answer

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"organisation", "introduced_by"}  # type: ignore[misc]

    def _post_clean(self) -> None:
        """Set the named customers before the model's own checks run."""
        self.instance.organisation = self.cleaned_data.get("organisation_name")
        self.instance.introduced_by = self.cleaned_data.get("introducer_name")
        self.instance.tags = self.cleaned_data.get("tags", [])
        super()._post_clean()  # type: ignore[misc]
        self.instance.attributes = changed_attributes(self.instance, self.custom, self.cleaned_data, self.changed_data)

    @transaction.atomic
    def save(self, commit: bool = True) -> Customer:
        """Save the customer, a new organisation before."""
        organisation = self.instance.organisation
        if organisation and organisation.pk is None:
            organisation.save()
            self.instance.organisation = organisation
        saved: Customer = super().save(commit)
        return saved

    def duplicate_error(self) -> str:
        return gettext("Another customer got this e-mail address or phone number just now.")


class NewCustomerForm(CustomerForm):
    """A customer who is not here yet, with how to reach them."""

    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean_email(self) -> str:
        return self._free_value("email")

    def clean_phone(self) -> str:
        return self._free_value("phone")

    def _free_value(self, kind: str) -> str:
        """Return the value as given if no customer has it; name the one who has, if the user may see them."""
        value: str = self.cleaned_data[kind]
        points = ContactPoint.objects.filter(kind=kind, normalised=normalise(kind, value)) if value else None
        if points is None or not points.exists():
            return value
        holder = self.visible.filter(contact_points__in=points).first()
        name = holder.name if holder else gettext("Another customer")
        raise ValidationError(
            _("%(name)s has this already. A shared one belongs to an organisation."), params={"name": name}
        )

    @transaction.atomic
    def save(self, commit: bool = True) -> Customer:
        saved = super().save(commit)
        for kind in ("email", "phone"):
            if value := self.cleaned_data[kind]:
                ContactPoint.objects.create(customer=saved, kind=kind, value=value)
        return saved


_MOST_NAMESAKES = 20

# Customers named in the form, and their fields in the model.
_NAMED_FIELDS = {"organisation": "organisation", "introducer": "introduced_by"}


def _distinct_label(customer: Customer) -> str:
    """Add to a name what distinguishes it from the same name of others."""
    since = date_format(customer.since, "SHORT_DATE_FORMAT") if customer.since else ""
    firm = customer.organisation
    where = firm.name if firm and not firm.restricted else ""
    return ", ".join(filter(None, [customer.name, where, *customer.tags, since]))
