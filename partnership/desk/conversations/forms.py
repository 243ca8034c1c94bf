"""Forms on one conversation."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.lookups import NOT_OFFERED, colleagues_for
from interactions.models import Conversation, Settlement
from partnership.core.forms import SubmitOnceForm
from partnership.staff.models import Department, User
from partnership.staff.snoozing import SnoozeFields

# The newest conversations, offered to join to.
_MOST_CHOICES = 100


class AssignmentForm(forms.Form):
    """Accept any colleague: the action refuses by name those who cannot be given it."""

    user = forms.ModelChoiceField(label=_("Assignee"), queryset=User.objects.all(), required=False)


class SnoozeForm(SnoozeFields):
    waits_for_answer = True


class ClosingForm(forms.Form):
    """Closes a conversation that waits."""

    answered = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (Settlement.Answered.NOT_NEEDED, _("No answer needed")),
            (Settlement.Answered.WITHOUT, _("Close without answering")),
        ],
        initial=Settlement.Answered.NOT_NEEDED,
        widget=forms.RadioSelect(attrs={"autofocus": True}),
    )
    reason = forms.CharField(
        label=_("Why they get no answer"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Only colleagues read it."),
        error_messages={"required": _("Enter why they get no answer.")},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        if data and data.get("answered") != Settlement.Answered.WITHOUT:
            self.fields["reason"].required = False

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        return reason if self.cleaned_data.get("answered") == Settlement.Answered.WITHOUT else ""


class HandoverForm(SubmitOnceForm):
    to = forms.ChoiceField(
        label=_("Colleague or department"), widget=forms.Select(attrs={"autofocus": True}),
        error_messages={"invalid_choice": NOT_OFFERED},
    )  # fmt: skip
    summary = forms.CharField(
        label=_("What they should know"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_(
            "This note is the first thing that they see. Write what happened and what to do next, so that they need not"
            " ask again."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, thread: Conversation, by: User) -> None:
        super().__init__(data)
        colleagues = {f"user-{user.pk}": user for user in colleagues_for(thread.customer).exclude(pk=by.pk)}
        departments = {f"department-{department.pk}": department for department in Department.objects.all()}
        self.recipients: dict[str, User | Department] = {**colleagues, **departments}
        groups = ((str(_("Colleagues")), colleagues), (str(_("Departments")), departments))
        cast("forms.ChoiceField", self.fields["to"]).choices = [
            ("", "—"),
            *((title, [(key, str(one)) for key, one in group.items()]) for title, group in groups if group),
        ]

    def clean_to(self) -> User | Department:
        return self.recipients[self.cleaned_data["to"]]


class _ConversationField(forms.ModelChoiceField):
    def label_from_instance(self, thread: Conversation) -> str:
        parts = [str(thread), thread.get_status_display()]
        if thread.last_interaction_at:
            parts.append(date_format(timezone.localtime(thread.last_interaction_at), "SHORT_DATE_FORMAT"))
        return " · ".join(parts)


class JoiningForm(forms.Form):
    into = _ConversationField(
        label=_("Join it to"),
        queryset=Conversation.objects.none(),
        empty_label="—",
        widget=forms.Select(attrs={"autofocus": True}),
    )

    def __init__(self, data: QueryDict | None = None, *, thread: Conversation) -> None:
        super().__init__(data)
        others = thread.customer.conversations.unjoined().exclude(pk=thread.pk)
        newest = list(others.order_by("-last_interaction_at", "-id").values_list("pk", flat=True)[:_MOST_CHOICES])
        choices = others.filter(pk__in=newest).order_by("-last_interaction_at", "-id")
        cast("forms.ModelChoiceField[Any]", self.fields["into"]).queryset = choices
        self.has_choice = bool(newest)
