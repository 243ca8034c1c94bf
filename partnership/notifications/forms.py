from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.notifications.models import Notification
from partnership.notifications.notify import INBOX, MAIL, NONE
from partnership.staff.models import Preferences

WAYS = [(MAIL, _("in the inbox and by e-mail")), (INBOX, _("in the inbox")), (NONE, _("not at all"))]

WHEN = {
    Notification.Kind.MENTION: _("When somebody mentions you"),
    Notification.Kind.ASSIGNMENT: _("When you are given a conversation"),
    Notification.Kind.HANDOVER: _("When a conversation is handed over to you or your department"),
    Notification.Kind.PROMISE_DUE: _("When a promise of yours is due"),
    Notification.Kind.TIER: _("When the tier of a customer of yours changes"),
    Notification.Kind.FOCUS: _("When a colleague hands you somebody on Focus, or a recovery"),
}


class PreferencesForm(forms.ModelForm):
    """A field for each kind of news, named after it, and how often they come by e-mail."""

    class Meta:
        model = Preferences
        fields = ["digest"]
        labels = {"digest": _("By e-mail")}
        help_texts = {"digest": _("One mail with what you have not read yet; none when there is nothing.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in WHEN.items():
            chosen = self.instance.notify.get(kind, MAIL)
            self.fields[kind.value] = forms.ChoiceField(label=label, choices=WAYS, initial=chosen)
        self.order_fields([*WHEN, "digest"])

    def save(self, commit: bool = True) -> Preferences:
        """These alone: other preferences may be changed at the same moment elsewhere."""
        said = {
            "digest": self.cleaned_data["digest"],
            "notify": {kind.value: self.cleaned_data[kind] for kind in WHEN},
        }
        saved, _created = Preferences.objects.update_or_create(user=self.instance.user, defaults=said)
        return saved
