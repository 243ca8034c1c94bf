"""The composer's tabs. Each form records one thing on a customer's timeline."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from customers.models import Customer
from partnership.desk.composer.base import Composer
from partnership.desk.composer.entry_forms import CallForm, GestureForm, MeetingForm, MistakeForm, NoteForm
from partnership.desk.composer.evidence_forms import EvidenceForm
from partnership.desk.composer.mail_forms import DeclineForm, MessageForm, NudgeForm, ReplyForm
from partnership.desk.composer.promise_forms import CheckInForm, PromiseForm
from partnership.desk.composer.texts.forward_form import ForwardForm
from partnership.staff.models import User

COMPOSERS: dict[str, type[Composer]] = {
    form.tab: form
    for form in (
        ReplyForm,
        NoteForm,
        CallForm,
        PromiseForm,
        MeetingForm,
        CheckInForm,
        GestureForm,
        NudgeForm,
        DeclineForm,
        MistakeForm,
        EvidenceForm,
        ForwardForm,
    )
}


_MOST_IN_LINE = 4  # of the tabs; the others are under More


class Tab(NamedTuple):
    """`is_mailed`: the customer receives what is written in it."""

    name: str
    title: str | Promise
    key: str
    is_mailed: bool


_TABS = {name: Tab(name, form.title, form.key, issubclass(form, MessageForm)) for name, form in COMPOSERS.items()}
# A mail is forwarded from its own menu.
_CHOSEN = tuple(tab for tab in _TABS.values() if tab.name != ForwardForm.tab)
LINE_TABS, MORE_TABS = _CHOSEN[:_MOST_IN_LINE], _CHOSEN[_MOST_IN_LINE:]


def find_tab(name: str) -> Tab | None:
    return _TABS.get(name)


class TabConverter:
    """One of the composer's tabs, by its name in URLs."""

    regex = "|".join(COMPOSERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def composer_of(
    customer: Customer,
    tab: str,
    *,
    by: User,
    given: QueryDict | None = None,
    files: MultiValueDict[str, UploadedFile] | None = None,
    initial: Mapping[str, object] | None = None,
) -> Composer:
    form = COMPOSERS[tab]
    return form(given, files, customer=customer, by=by, auto_id=f"{tab}-%s", initial=dict(initial or {}))
