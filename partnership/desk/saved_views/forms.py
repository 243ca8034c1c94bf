"""Forms for a saved view and for the columns of the list."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership.desk.customer_list.columns import all_columns
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.models import SavedView


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "shared"]

    def _get_validation_exclusions(self) -> set[str]:
        """Include the owner: the name is unique among the owner's views."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc]

    def duplicate_error(self) -> str:
        return gettext("You have a view called “%(name)s” already: choose another name.") % {"name": self.instance.name}


class NewViewForm(SavedViewForm):
    """Save the list of `query`; `view`: the view that is open, whose columns the instance has."""

    view = forms.CharField(widget=forms.HiddenInput(), required=False)

    class Meta(SavedViewForm.Meta):
        fields = ["name", "shared", "query"]
        widgets = {"query": forms.HiddenInput()}

    def clean_query(self) -> str:
        return clean_query(self.cleaned_data["query"])


class ColumnsForm(forms.Form):
    column = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=lambda: [(name, column.label) for name, column in all_columns().items()],
    )


def clean_query(query: str) -> str:
    """Reduce a query string to what the list understands."""
    return ListForm(QueryDict(query[:2000])).query
