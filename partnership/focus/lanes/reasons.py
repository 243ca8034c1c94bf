"""The sentence for each reason of the Partnerships lane."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.focus.models import FocusItem

Reason = FocusItem.Reason
_Facts = dict[str, Any]


def sentence(item: FocusItem, *, as_of: date) -> str:
    return _SENTENCES[FocusItem.Reason(item.reason)](item.facts, item.since, as_of)


def is_urgent(item: FocusItem, *, as_of: date) -> bool:
    """Return whether we have failed the customer already."""
    return item.reason == Reason.RECOVERY or (item.reason == Reason.OUR_PROMISE and item.since < as_of)


def _recovery(facts: _Facts, since: date, as_of: date) -> str:
    return _with_name(_("recovery open since %s") % _short_date(since), facts["what"])


def _our_promise(facts: _Facts, since: date, as_of: date) -> str:
    days = (since - as_of).days
    if days < 0:
        text = ngettext("our promise is %d day overdue", "our promise is %d days overdue", -days) % -days
    elif days == 0:
        text = _("our promise is due today")
    elif days == 1:
        text = _("our promise is due tomorrow")
    else:
        text = ngettext("our promise is due in %d day", "our promise is due in %d days", days) % days
    return _with_name(text, facts["what"])


def _their_promise(facts: _Facts, since: date, as_of: date) -> str:
    days = (since - as_of).days
    if days < 0:
        text = ngettext("their promise is %d day overdue", "their promise is %d days overdue", -days) % -days
    elif days == 0:
        text = _("their promise is due today")
    else:
        text = ngettext("their promise is due in %d day", "their promise is due in %d days", days) % days
    return _with_name(text, facts["what"])


def _goal(facts: _Facts, since: date, as_of: date) -> str:
    days = (since - as_of).days
    if not facts["is_due"]:
        weeks = -days // 7
        text = ngettext("no progress on the goal for %d week", "no progress on the goal for %d weeks", weeks)
        text %= weeks
    elif days < 0:
        text = ngettext("goal %d day overdue", "goal %d days overdue", -days) % -days
    else:
        text = _("goal due today") if days == 0 else ngettext("goal due in %d day", "goal due in %d days", days) % days
    return _with_name(text, facts["title"])


def _quiet(facts: _Facts, since: date, as_of: date) -> str:
    return _("quiet since %(day)s, was %(often)s") % {"day": _short_date(since), "often": _rhythm(facts["usual"])}


def _thank(facts: _Facts, since: date, as_of: date) -> str:
    if facts["kind"] == "referral":
        return _("referred a new contact to us on %s, not thanked yet") % _short_date(since)
    return _("spoke well of us on %s, not thanked yet") % _short_date(since)


def _engaged(facts: _Facts, since: date, as_of: date) -> str:
    days = facts["days"]
    text = ngettext("newly engaged: active on %(days)d day since %(day)s",
                    "newly engaged: active on %(days)d days since %(day)s", days)  # fmt: skip
    return text % {"days": days, "day": _short_date(since)}


_SENTENCES: dict[str, Callable[[_Facts, date, date], str]] = {
    Reason.RECOVERY: _recovery,
    Reason.OUR_PROMISE: _our_promise,
    Reason.THEIR_PROMISE: _their_promise,
    Reason.GOAL: _goal,
    Reason.QUIET: _quiet,
    Reason.THANK: _thank,
    Reason.ENGAGED: _engaged,
}


def _rhythm(days: int) -> str:
    """Describe how often something happens, from the usual days in between."""
    for most, text in ((1, _("daily")), (6, None), (8, _("weekly")), (12, None), (16, _("every two weeks"))):
        if days <= most:
            return text or _("every %d days") % days
    return _("monthly") if 26 <= days <= 34 else _("every %d days") % days


def _short_date(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _with_name(text: str, name: str) -> str:
    return f"{text}: {name}" if name else text
