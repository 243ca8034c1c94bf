"""The composer as a part of the customer's page: a line of tabs, one of which may be open."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.models import Customer
from partnership.desk.composer.base import Composer
from partnership.desk.composer.drafts import drafts_of
from partnership.desk.composer.entry_forms import NoteForm
from partnership.desk.composer.mail_forms import ReplyForm
from partnership.desk.composer.tabs import LINE_TABS, MORE_TABS, Tab, composer_of, find_tab
from partnership.desk.scheduling.section import ScheduledLine, scheduled_to
from partnership.staff.models import User

# Their drafts open the composer; a half-written decline must not stand there for who came to read.
_OPENED_BY_DRAFT = (ReplyForm.tab, NoteForm.tab)


@dataclass(frozen=True, kw_only=True)
class ComposerSection:
    """`form`: None while the composer is folded; `no_nudge`: why the customer cannot be nudged now, empty when they
    can; `writing`: names of colleagues who write to them too; `preview`: safe HTML; `shown_in`: the id of the
    page part that shows what was just saved; `kept`: the fields come from a draft; `drafts`: the tabs of
    drafts that are not open; `scheduled`: what is to leave later; `onward`: the query that
    names the page to go on to."""

    customer: Customer
    form: Composer | None
    no_nudge: str
    tabs: Sequence[Tab] = LINE_TABS
    more_tabs: Sequence[Tab] = MORE_TABS
    writing: Sequence[str] = ()
    preview: str = ""
    shown_in: str = ""
    kept: bool = False
    drafts: Sequence[Tab] = ()
    scheduled: Sequence[ScheduledLine] = ()
    onward: str = ""


def composer_as_left(
    customer: Customer, *, by: User, no_nudge: str, is_folded: bool = False, writing: Sequence[str] = ()
) -> ComposerSection:
    """Open the user's newest draft of a reply or a note, unless the composer is to stay folded; list the others."""
    drafts = drafts_of(by, customer)
    opened = None if is_folded else next((draft for draft in drafts if draft.tab in _OPENED_BY_DRAFT), None)
    tabs = (find_tab(draft.tab) for draft in drafts if draft != opened)
    return ComposerSection(
        customer=customer,
        form=composer_of(customer, opened.tab, by=by, initial=opened.fields) if opened else None,
        no_nudge=no_nudge,
        writing=writing,
        kept=opened is not None,
        drafts=[tab for tab in tabs if tab],
        scheduled=scheduled_to(customer),
    )
