"""The composer's tabs. Each form records one thing on a customer's line of time."""

from typing import Any, NamedTuple

from django.utils.functional import Promise

from customers.models import Customer
from partnership.desk.composer.base import Composer
from partnership.desk.composer.entry_forms import CallForm, GestureForm, MeetingForm, MistakeForm, NoteForm
from partnership.desk.composer.mail_forms import DeclineForm, NudgeForm, ReplyForm
from partnership.desk.composer.promise_forms import CheckInForm, PromiseForm
from partnership.staff.models import User

__all__ = ["COMPOSERS", "TABS", "Composer", "NoteForm", "Tab", "composer_of"]

COMPOSERS: dict[str, type[Composer]] = {
    form.tab: form
    for form in (
        ReplyForm,
        NoteForm,
        CallForm,
        MeetingForm,
        PromiseForm,
        CheckInForm,
        GestureForm,
        NudgeForm,
        DeclineForm,
        MistakeForm,
    )
}


class Tab(NamedTuple):
    name: str
    title: str | Promise
    key: str


TABS = [Tab(form.tab, form.title, form.key) for form in COMPOSERS.values()]


def composer_of(customer: Customer, tab: str, *, by: User, given: Any = None, **more: Any) -> Composer:
    return COMPOSERS[tab](given, customer=customer, by=by, auto_id=f"{tab}-%s", **more)
