"""When to be reminded."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.desk.reminders.moments import moment_choices, reminding_moment
from partnership.staff.models import Firm
from partnership.staff.snoozing import MomentFields


class ReminderForm(MomentFields):
    none_chosen = _("Choose when to be reminded.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.firm = Firm.current()
        choices = moment_choices(timezone.now(), firm=self.firm)
        self.offer(choices, initial=choices[min(1, len(choices) - 1)][0])

    def moment(self) -> datetime:
        given = self.cleaned_data
        return given["until"] or reminding_moment(timezone.now(), int(given["when"]), firm=self.firm)
