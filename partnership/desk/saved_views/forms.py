from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership.desk.customer_list.columns import COLUMNS
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.models import SavedView


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "shared"]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is held to be unique with the owner."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc]

    def duplicate_error(self) -> str:
        return gettext("You have a view called “%(name)s” already: choose another name.") % {"name": self.instance.name}


class NewViewForm(SavedViewForm):
    """Keeps what the list shows: its query string, and the columns that the instance brings. `view`: the one that is
    looked at, whose columns these are."""

    view = forms.CharField(widget=forms.HiddenInput(), required=False)

    class Meta(SavedViewForm.Meta):
        fields = ["name", "shared", "query"]
        widgets = {"query": forms.HiddenInput()}

    def clean_query(self) -> str:
        return understood(self.cleaned_data["query"])


class ColumnsForm(forms.Form):
    column = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=lambda: [(name, column.label) for name, column in COLUMNS.items()],
    )


def understood(query: str) -> str:
    """A list's query string, reduced to what the list understands."""
    form: Any = ListForm(QueryDict(query[:2000]))
    return form.query
