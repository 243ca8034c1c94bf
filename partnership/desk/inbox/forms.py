"""The reply under a conversation in the pane."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interactions.models import Conversation, Direction, Interaction
from interactions.models.kinds import ANSWERS
from interactions.querysets import WAS_SENT
from partnership.desk.composer.mail_forms import ReplyForm


class ThreadReplyForm(ReplyForm):
    """A reply to one conversation. `seen`: the newest entry that the pane showed; an answer that a colleague has given
    since is shown before another one is sent."""

    field_order = ["via", "body", *ReplyForm.aside]

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def adapt_fields(self) -> None:
        super().adapt_fields()
        self.fields["via"].label = pgettext_lazy("recipient", "To")
        self.fields["body"].widget.attrs |= {"rows": 3, "placeholder": self.fields["body"].label}
        for name in ("conversation", "subject"):
            self.fields[name].widget = forms.HiddenInput()

    @property
    def thread(self) -> Conversation | None:
        return self.threads.get(str(self["conversation"].value() or ""))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.thread and (answer := self._answered_since(self.thread, given.get("seen"))):
            data = cast("QueryDict", self.data).copy()
            data["seen"] = str(answer.pk)
            self.data = data
            raise ValidationError(
                _("%(name)s answered at %(time)s. Read it above; send yours again if it is still needed."),
                params={
                    "name": answer.author or _("A colleague"),
                    "time": time_format(localtime(answer.recorded_at), "H:i"),
                },
            )
        return given

    def _answered_since(self, thread: Conversation, seen: int | None) -> Interaction | None:
        if seen is None:
            return None
        Conversation.objects.select_for_update(no_key=True).get(pk=thread.pk)  # who answers at once comes first
        answers = thread.interactions.filter(WAS_SENT, pk__gt=seen, direction=Direction.OUTBOUND, kind__in=ANSWERS)
        return answers.select_related("author").order_by("-pk").first()
