"""Forms on a recovery."""

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.lookups import colleagues_for
from interactions.change_history.edit_conflicts import EditConflictForm
from interactions.models import Channel
from partnership.core.forms import PastMomentField, SubmitOnceForm, line_field, text_field
from partnership.recoveries.models import Recovery
from partnership.staff.models import User


class RecoveryForm(EditConflictForm, forms.Form):
    """Offer the colleagues who can own the recovery; refuse others by name."""

    what_we_did = text_field(_("What we did about it"), rows=4, required=False)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.all(), required=False, empty_label=_("no owner yet")
    )

    def __init__(self, given: QueryDict | None, *, recovery: Recovery) -> None:
        super().__init__(given, initial={"what_we_did": recovery.what_we_did, "owner": recovery.owner_id})
        offered = User.objects.filter(
            Q(pk__in=colleagues_for(recovery.customer).values("pk")) | Q(pk=recovery.owner_id)
        )
        choices = [(one.pk, str(one)) for one in offered.order_by("name", "pk")]
        self.fields["owner"].choices = [("", _("no owner yet")), *choices]  # type: ignore[attr-defined]
        self.detect_conflicts(recovery)

    def clean_what_we_did(self) -> str:
        words: str = self.cleaned_data["what_we_did"]
        if self.initial["what_we_did"] and not words:
            raise forms.ValidationError(_("This is on the timeline already: change the words, but leave some."))
        return words.replace("\r\n", "\n")


class ForgivenessForm(SubmitOnceForm):
    words = text_field(_("What they said"), rows=3)
    channel = forms.ChoiceField(
        label=_("How they said it"), choices=[(one.value, one.label) for one in Channel if one != Channel.INTERNAL]
    )
    happened = PastMomentField(label=_("When"), required=False, help_text=_("Leave it empty if it was just now."))
    field_order = ["words", "channel", "happened"]


class ClosureForm(forms.Form):
    outcome = line_field(_("How it ended"), help_text=_("It goes to the timeline, in your words."))
