"""The page with all changes of a rule set, its rules and its tiers."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.change_history import AuditedModel, Event, describe_events
from interactions.change_history.statement import fetch_rows
from partnership.scoring.admin.pages import render_page
from partnership.scoring.models import RuleSet, Tier, ValueRule

_MAX_CHANGES = 300  # more than a set edited by hand ever has

_TRACKED_MODELS = (
    AuditedModel(RuleSet, scope="event.pgh_obj_id = %(rule_set)s"),
    AuditedModel(ValueRule, scope="event.rule_set_id = %(rule_set)s", number=1),
    AuditedModel(Tier, scope="event.rule_set_id = %(rule_set)s", number=2),
)

_RULE_SET_HISTORY = (
    "\nUNION ALL\n".join(tracked.select(tracked.scope) for tracked in _TRACKED_MODELS)
    + "\nORDER BY at DESC, key DESC LIMIT %(limit)s"
)


def _list_changes(rule_set: RuleSet) -> list[Event]:
    """List changes, newest first, without the additions of the rows that the set was created with."""
    kept = fetch_rows(_RULE_SET_HISTORY, {"rule_set": rule_set.pk, "limit": _MAX_CHANGES})
    events = describe_events(kept, _TRACKED_MODELS, visible=Customer.objects.none())
    made_at = {event.at for event in events if event.is_addition and event.model == "ruleset"}
    return [event for event in events if not (event.is_addition and event.model != "ruleset" and event.at in made_at)]


@dataclass(frozen=True)
class _HistoryPage:
    rule_set: RuleSet
    changes: list[Event]


def history_page(request: HttpRequest, object_id: str) -> HttpResponse:
    rule_set = get_object_or_404(RuleSet, pk=object_id if object_id.isdecimal() else 0)
    title = _("Who changed what of “%(name)s”") % {"name": rule_set}
    return render_page(request, "history.html", _HistoryPage(rule_set, _list_changes(rule_set)), title=title)
