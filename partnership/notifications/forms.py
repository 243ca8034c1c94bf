from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partnership.notifications.models import Notification
from partnership.notifications.notify import INBOX, MAIL, NONE
from partnership.staff.models import Preferences

_WAYS = [(MAIL, _("in Notifications and by e-mail")), (INBOX, _("in Notifications")), (NONE, _("not at all"))]

_LABELS = {
    Notification.Kind.MENTION: _("When a colleague mentions you"),
    Notification.Kind.ASSIGNMENT: _("When a conversation is assigned to you"),
    Notification.Kind.HANDOVER: _("When a conversation is handed over to you or your department"),
    Notification.Kind.TAKEOVER: _("When a colleague takes over a conversation of yours"),
    Notification.Kind.PROMISE_DUE: _("When a promise of yours is due"),
    Notification.Kind.TIER: _("When the tier of a customer of yours changes"),
    Notification.Kind.FOCUS: _("When a colleague hands over a customer on Focus, or a recovery, to you"),
}
_MANAGERS_LABELS = {Notification.Kind.ALERT: _("When an alert of yours is raised")}
_ADMINS_LABELS = {Notification.Kind.BACKUP: _("When a backup failed or is overdue")}


class PreferencesForm(forms.ModelForm):
    """One field for each kind of notification, named after it, and how often they come by e-mail."""

    class Meta:
        model = Preferences
        fields = ["digest"]
        labels = {"digest": _("By e-mail")}
        help_texts = {"digest": _("One e-mail with what you have not read yet; none when there is nothing new.")}

    def __init__(self, data: QueryDict | None = None, *, instance: Preferences) -> None:
        super().__init__(data, instance=instance)
        self.labels = _LABELS | (_MANAGERS_LABELS if instance.user.is_manager else {})
        self.labels |= _ADMINS_LABELS if instance.user.is_admin else {}
        for kind, label in self.labels.items():
            chosen = self.instance.notify.get(kind, MAIL)
            self.fields[kind.value] = forms.ChoiceField(label=label, choices=_WAYS, initial=chosen)
        self.order_fields([*self.labels, "digest"])

    def save(self, commit: bool = True) -> Preferences:
        """Save these fields alone, as other preferences may be changed elsewhere at the same moment."""
        said = {
            "digest": self.cleaned_data["digest"],
            "notify": {kind.value: self.cleaned_data[kind] for kind in self.labels},
        }
        saved, _created = Preferences.objects.update_or_create(user=self.instance.user, defaults=said)
        return saved
