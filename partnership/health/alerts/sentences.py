"""Alerts in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.scoring.explain.explanation import round_score

Condition = Alert.Condition


def describe_alert(alert: Alert, tier: str) -> str:
    """Say when the owner is told; `tier`: its name, empty for all customers."""
    text = _customer_condition(alert, tier) if alert.of_customers else _count_condition(alert, tier)
    return text % {"name": alert.owner.name, "n": format_number(alert.number), "tier": tier}


def _customer_condition(alert: Alert, tier: str) -> str:
    if alert.condition == Condition.BELOW:
        if tier:
            return _("Tell %(name)s when a customer of the tier “%(tier)s” falls below %(n)s.")
        return _("Tell %(name)s when a customer falls below %(n)s.")
    if tier:
        return ngettext(
            "Tell %(name)s when a customer of the tier “%(tier)s” falls by %(n)s point within 4 weeks.",
            "Tell %(name)s when a customer of the tier “%(tier)s” falls by %(n)s points within 4 weeks.",
            alert.number,
        )
    return ngettext(
        "Tell %(name)s when a customer falls by %(n)s point within 4 weeks.",
        "Tell %(name)s when a customer falls by %(n)s points within 4 weeks.",
        alert.number,
    )


def _count_condition(alert: Alert, tier: str) -> str:
    number = alert.number
    text = {
        Condition.LATE: ngettext(
            "Tell %(name)s when more than %(n)s answer was late within a week.",
            "Tell %(name)s when more than %(n)s answers were late within a week.",
            number,
        ),
        Condition.OWED: ngettext(
            "Tell %(name)s when we owe more than %(n)s promise past its date.",
            "Tell %(name)s when we owe more than %(n)s promises past their date.",
            number,
        ),
        Condition.RECOVERIES: ngettext(
            "Tell %(name)s when more than %(n)s recovery is open.",
            "Tell %(name)s when more than %(n)s recoveries are open.",
            number,
        ),
    }[Condition(alert.condition)]
    return f"{text} {_('Counts customers of the tier “%(tier)s” only.')}" if tier else text


def describe_raised(raised: RaisedAlert, alert: Alert) -> str:
    """Say what was found, without the customer's name."""
    if alert.condition == Condition.BELOW:
        return _("At %(points)d points, below %(n)s") % {
            "points": round_score(raised.value), "n": format_number(alert.number),
        }  # fmt: skip
    count = round_score(raised.value)
    texts = {
        Condition.FALL: ngettext(
            "Fell by %s point within 4 weeks", "Fell by %s points within 4 weeks", count
        ),
        Condition.LATE: ngettext(
            "%s answer was late within a week", "%s answers were late within a week", count
        ),
        Condition.OWED: ngettext(
            "We owe %s promise past its date", "We owe %s promises past their date", count
        ),
        Condition.RECOVERIES: ngettext("%s recovery is open", "%s recoveries are open", count),
    }  # fmt: skip
    return texts[Condition(alert.condition)] % format_number(count)


def describe_many(count: int, sentence: str) -> str:
    """Say of how many customers an alert was raised at once."""
    raised = ngettext("Raised for %s customer.", "Raised for %s customers.", count)
    return f"{sentence} {raised % format_number(count)}"
