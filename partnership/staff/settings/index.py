"""The pages of the firm's settings by task: what the list beside each page and the admin's first page are drawn from.

A new page is one more SettingsPage in TASKS.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_ADMIN = "admin:"
_RECORDS = "settings_records"
_ONE_ROW = re.compile(r"[^/]+/change/$")


@dataclass(frozen=True)
class SettingsPage:
    """One page: the URL's name, what it is called and, in one line, what it is for."""

    url_name: str
    title: Promise
    purpose: Promise
    args: Sequence[Any] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args)

    @property
    def folder(self) -> str:
        """Return the path below which every address belongs to this page."""
        return _ONE_ROW.sub("", self.url)

    @property
    def is_in_admin(self) -> bool:
        return self.url_name.startswith(_ADMIN)


@dataclass(frozen=True)
class Task:
    title: Promise
    icon: str
    pages: Sequence[SettingsPage]


TASKS = (
    Task(
        pgettext_lazy("of the firm", "People"),
        "customers",
        [
            SettingsPage(
                "people",
                _("Colleagues"),
                _("Who works here, their roles and departments, and who is away."),
            ),
            SettingsPage(
                "admin:staff_department_changelist",
                _("Departments"),
                _("The departments that colleagues belong to."),
            ),
            SettingsPage(
                "admin:staff_goodwillbudget_changelist",
                _("Goodwill budgets"),
                _("What a colleague may give to customers without asking."),
            ),
            SettingsPage(
                "sign_in_settings",
                _("Sign-in"),
                _("Which roles need a second factor, and when an idle session ends."),
            ),
            SettingsPage(
                "audit_log",
                _("Log"),
                _("Who signed in, took data out, and changed roles, rights or settings."),
            ),
        ],
    ),
    Task(
        pgettext_lazy("of scoring", "Rules"),
        "trend-up",
        [
            SettingsPage(
                "admin:scoring_ruleset_changelist",
                _("Value rules and tiers"),
                _("What counts in a partnership, how much and how long, and which tier it earns."),
            ),
            SettingsPage(
                "admin:scoring_run_changelist",
                _("Previews and backtests"),
                _("Rules tried on your own data, full rescores, and their results."),
            ),
            SettingsPage(
                "admin:scoring_tierpin_changelist",
                _("Pinned tiers"),
                _("Tiers that a manager set by hand, with the reason and the last day."),
            ),
        ],
    ),
    Task(
        _("Firm"),
        "building",
        [
            SettingsPage(
                "firm_settings",
                _("The firm"),
                _("Name, logo, colour, country, language, currency and our mail addresses."),
            ),
            SettingsPage(
                "firm_hours", _("Business hours"), _("When you are open, and holidays by country or by hand.")
            ),
            SettingsPage(
                "firm_terms",
                _("Terms and limits"),
                _("What the terms say, limits on nudges and surveys, paid delivery."),
            ),
            SettingsPage("mail_settings", _("Mail"), _("The server that sends our e-mail, with a test of it.")),
        ],
    ),
    Task(
        pgettext_lazy("of customers", "Data"),
        "address-book",
        [
            SettingsPage(
                "custom_fields",
                _("Custom fields"),
                _("What you want to know of customers beside the usual, with types and choices."),
            ),
            SettingsPage("erasures", _("Erasures"), _("Customers who were erased, each with its certificate.")),
            SettingsPage(
                "admin:customers_merge_changelist",
                _("Merged customers"),
                _("Which customers were found to be one, when and by whom."),
            ),
            SettingsPage(
                "admin:interactions_deletion_changelist",
                _("Deleted entries"),
                _("Entries that colleagues deleted from timelines, and why."),
            ),
            SettingsPage(
                "backups",
                _("Backups"),
                _("The nightly backup, how old the last one is, and whether it can be restored."),
            ),
            SettingsPage(
                "retention",
                _("Retention"),
                _("How long texts, refused lines, the log and records of sign-ins are kept."),
            ),
        ],
    ),
    Task(
        _("Technical"),
        "settings",
        [
            SettingsPage(
                "admin:interactions_outgoing_changelist",
                _("Outgoing e-mail"),
                _("E-mail that was sent, waits or was refused, with the reason."),
            ),
            SettingsPage(
                _RECORDS,
                _("Raw records"),
                _("Every table as it is stored, and the log of its changes, to look something up."),
            ),
        ],
    ),
)


@dataclass(frozen=True)
class RecordGroup:
    """Tables that belong together, by their model's label; those whose own name says too little have another."""

    title: Promise
    labels: Sequence[str]
    names: dict[str, Promise] = field(default_factory=dict)


RECORD_GROUPS = (
    RecordGroup(
        _("Firm and staff"),
        ["staff.Firm", "staff.User", "account.EmailAddress", "staff.Department", "staff.GoodwillBudget"],
        {"account.EmailAddress": _("addresses to sign in with")},
    ),
    RecordGroup(
        _("Customers and what was promised"),
        [
            "customers.Customer", "customers.ContactPoint", "customers.Goal", "customers.CheckIn",
            "customers.Commitment", "customers.Merge",
        ],
        {"customers.Merge": _("merged customers")},
    ),
    RecordGroup(
        _("Timeline and e-mail"),
        [
            "interactions.Interaction", "interactions.Conversation", "interactions.Settlement",
            "interactions.Attachment", "interactions.Deletion", "interactions.Outgoing",
        ],
        {
            "interactions.Interaction": _("entries of timelines"),
            "interactions.Settlement": _("conversations closed or needing no answer"),
            "interactions.Deletion": _("deleted entries"),
            "interactions.Outgoing": _("outgoing e-mail"),
        },
    ),
    RecordGroup(
        _("Scores, reasons to act and recoveries"),
        [
            "scoring.RuleSet", "scoring.Run", "scoring.Score", "scoring.ScoreSnapshot", "scoring.TierPin",
            "focus.FocusItem", "recoveries.Recovery",
        ],
        {
            "scoring.Run": _("previews, backtests and rescores"),
            "scoring.ScoreSnapshot": _("scores of earlier days"),
            "focus.FocusItem": _("what Focus lists"),
        },
    ),
)  # fmt: skip


def current_page(path: str) -> SettingsPage | None:
    """Return the page that this address belongs to, that of the longest folder; None for the index itself.

    A table of the admin that is no page of its own belongs to the raw records.
    """
    pages = [page for task in TASKS for page in task.pages]
    if path.startswith(reverse("admin:index")) and path != reverse("admin:index"):
        pages = [page for page in pages if page.url_name == _RECORDS or path.startswith(page.folder)]
    else:
        pages = [page for page in pages if path.startswith(page.folder)]
    return max(pages, key=lambda page: (path.startswith(page.folder), len(page.folder)), default=None)


def list_tasks(*, may_open_admin: bool) -> Iterator[Task]:
    """List the tasks with the pages that a user can open: those in Django's admin need the mark for it."""
    for task in TASKS:
        pages = [page for page in task.pages if may_open_admin or not page.is_in_admin]
        if pages:
            yield Task(task.title, task.icon, pages)
