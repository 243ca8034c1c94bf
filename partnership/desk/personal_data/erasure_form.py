"""Why a customer is erased, and the word that it is meant."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.personal_data.erasing import find_words
from interactions.personal_data.rows import record_keys
from partnership.core.forms import line_field


class ErasureForm(forms.Form):
    reason = line_field(_("Reason"), max_length=300)
    everywhere = forms.BooleanField(label=_("Erase their name from entries of others as well"), required=False)
    confirmation = line_field(_("Type the customer's name"), max_length=300)

    def __init__(self, given: QueryDict | None, *, customer: Customer, bearers: list[str]) -> None:
        super().__init__(given, use_required_attribute=False)
        self.customer = customer
        self.fields["reason"].help_text = _("It stands on the certificate, which is kept: do not name them.")
        self.fields["everywhere"].initial = not bearers
        if bearers:
            self.fields["everywhere"].help_text = _(
                "Others bear this name: %(names)s. Their entries would lose it."
            ) % {"names": ", ".join(bearers)}

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if find_words(record_keys(self.customer)).find(reason):
            raise forms.ValidationError(
                _("This names them, and the certificate is kept: say it without name and address.")
            )
        return reason

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if " ".join(typed.split()).casefold() != " ".join(self.customer.name.split()).casefold():
            raise forms.ValidationError(_("This is another name: type “%(name)s”.") % {"name": self.customer.name})
        return typed
