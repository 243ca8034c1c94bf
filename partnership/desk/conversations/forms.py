"""Forms on one conversation."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from interactions.models import Conversation
from partnership.core.forms import MomentInput
from partnership.core.submit_once import Once
from partnership.staff.models import Department, User

CHOICES = 100
"""Conversations that are offered to join to: the newest."""


def colleagues() -> Any:
    return User.objects.filter(is_active=True)


class AssignmentForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Whose it is"), queryset=colleagues(), required=False)


class SnoozeForm(forms.Form):
    until = forms.DateTimeField(label=_("Until when"), widget=MomentInput())
    reason = forms.CharField(
        label=_("Why it can wait"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Their next message wakes it earlier."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["autofocus"] = True

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= timezone.now():
            raise ValidationError(_("That moment is over. Choose one that is to come."))
        return until


class HandoverForm(Once):
    """To a colleague or to a department."""

    to = forms.ChoiceField(label=_("To whom"))
    summary = forms.CharField(
        label=_("What they should know"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("They see it first. Say what happened and what is to do, so that nobody has to ask again."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takers: dict[str, User | Department] = {}
        people = colleagues().exclude(pk=by.pk)
        self.takers |= {f"user-{user.pk}": user for user in people}
        self.takers |= {f"department-{department.pk}": department for department in Department.objects.all()}
        groups = {User: str(_("Colleagues")), Department: str(_("Departments"))}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((title, self.choices_of(model)) for model, title in groups.items() if self.choices_of(model)),
        ]
        self.fields["to"].widget.attrs["autofocus"] = True

    def choices_of(self, model: type) -> list[tuple[str, str]]:
        return [(key, str(taker)) for key, taker in self.takers.items() if isinstance(taker, model)]

    def clean_to(self) -> User | Department:
        return self.takers[self.cleaned_data["to"]]


class ThreadChoice(forms.ModelChoiceField):
    def label_from_instance(self, thread: Conversation) -> str:
        said = [str(thread), thread.get_status_display()]
        if thread.last_interaction_at:
            said.append(date_format(timezone.localtime(thread.last_interaction_at), "j M Y"))
        return " · ".join(said)


class JoiningForm(forms.Form):
    into = ThreadChoice(label=_("Join it to"), queryset=Conversation.objects.none(), empty_label="—")

    def __init__(self, *args: Any, thread: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = thread.customer.conversations.unjoined().exclude(pk=thread.pk)
        newest = list(others.order_by("-last_interaction_at", "-id").values_list("pk", flat=True)[:CHOICES])
        chosen = others.filter(pk__in=newest).order_by("-last_interaction_at", "-id")
        self.fields["into"].queryset = chosen  # type: ignore[attr-defined]
        self.fields["into"].widget.attrs["autofocus"] = True
        self.has_choice = bool(newest)
