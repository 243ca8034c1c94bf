"""Value rules and tiers in plain words."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from interactions.models import Channel, Direction, Kind
from partnership.scoring.explain.wording import DAYS_LATE
from partnership.scoring.models import Tier, ValueRule

# One event of a kind, where the kind's own name is no countable noun.
_UNIT_LABELS = {
    Kind.REFUND_REQUEST: gettext_lazy("refund asked for"),
    Kind.WORK_DONE: gettext_lazy("piece of work done"),
    Kind.FREE_WORK: gettext_lazy("piece of free work"),
    Kind.FEEDBACK: gettext_lazy("piece of feedback"),
    Kind.PRAISE: gettext_lazy("word of praise"),
    Kind.SURVEY_RESPONSE: gettext_lazy("survey answered"),
    Kind.FORGIVENESS: gettext_lazy("act of forgiveness"),
}

_DIRECTION_LABELS = {
    Direction.INBOUND: gettext_lazy("by them"),
    Direction.OUTBOUND: gettext_lazy("by us"),
    Direction.INTERNAL: gettext_lazy("among ourselves"),
}

_SUM_LABELS = {
    ValueRule.Sum.KEPT: gettext_lazy("counts %(points)s toward commitment, as a promise kept"),
    ValueRule.Sum.MISSED: gettext_lazy("counts %(points)s against commitment, as a promise missed"),
    ValueRule.Sum.EFFORT: gettext_lazy("counts %(points)s toward commitment, as effort"),
    ValueRule.Sum.RECEIVED: gettext_lazy("counts %(points)s toward reciprocity, as what they put in"),
    ValueRule.Sum.GIVEN: gettext_lazy("counts %(points)s against reciprocity, as what we put in"),
    ValueRule.Sum.DEMAND: gettext_lazy("counts %(points)s as demand, which is shown and never used"),
}

_REQUIRED_FIELDS = ("sum", "kinds", "points", "half_life")


def describe_rule(rule: ValueRule, siblings: Iterable[ValueRule] = ()) -> str:
    """Say in one sentence what a rule counts, for how many points and how fast they fade.

    The rule may be incomplete, as in a form. `siblings` are the rules of its set: those that share its cap are named.
    """
    if not all(getattr(rule, name) for name in _REQUIRED_FIELDS):
        return _("Choose what the rule counts and toward what, and enter its points and half-life.")
    counts = _SUM_LABELS[ValueRule.Sum(rule.sum)] % {"points": format_number(rule.points)}
    clauses = [f"{_describe_counted(rule)} {counts}", _describe_half_life(rule), _describe_cap(rule, siblings)]
    return capfirst(", ".join(filter(None, clauses))) + "."


def format_number(value: Decimal | float) -> str:
    """Format without trailing zeros."""
    return str(number_format(f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:g}", use_l10n=True))


def _describe_counted(rule: ValueRule) -> str:
    """Say what one unit is, such as “each promise kept by them”."""
    plain = [str(Kind(kind).label) for kind in rule.kinds]
    unit = {
        ValueRule.Per.EVENT: _("each %(what)s"),
        ValueRule.Per.MINUTE: _("each minute of %(what)s"),
        ValueRule.Per.HOUR: _("each hour of %(what)s"),
        ValueRule.Per.UNIT: _("each %(currency)s of %(what)s"),
        ValueRule.Per.NUMBER: _("each unit of the payload number “%(key)s” of %(what)s"),
    }[ValueRule.Per(rule.per)]
    if rule.per == ValueRule.Per.EVENT:
        plain = [str(_UNIT_LABELS.get(Kind(kind), Kind(kind).label)) for kind in rule.kinds]
    what = " ".join([get_text_list(plain, _("or")), *_describe_conditions(rule)])
    return unit % {"what": what, "currency": rule.currency, "key": rule.number_key}


def _describe_conditions(rule: ValueRule) -> Iterable[str]:
    """Say what else an interaction must meet, in reading order."""
    if rule.direction:
        yield str(_DIRECTION_LABELS[Direction(rule.direction)])
    if rule.channels:
        channels = get_text_list([str(Channel(one).label) for one in rule.channels], _("or"))
        yield _("through %(channels)s") % {"channels": channels}
    if rule.payload and rule.payload_key:
        yield _describe_payload(rule)
    if rule.amount_at_least is not None:
        amount = f"{format_number(rule.amount_at_least)} {rule.currency}".strip()
        yield _("of at least %(amount)s") % {"amount": amount}
    if rule.tags:
        tags = get_text_list([_("“%s”") % tag for tag in rule.tags], _("or"))
        yield _("of customers tagged %(tags)s") % {"tags": tags}


def _describe_payload(rule: ValueRule) -> str:
    if rule.payload_key == DAYS_LATE and rule.payload in (ValueRule.Payload.HAS, ValueRule.Payload.LACKS):
        return _("late") if rule.payload == ValueRule.Payload.HAS else _("in time")
    text = {
        ValueRule.Payload.HAS: _("with “%(key)s” in the payload"),
        ValueRule.Payload.LACKS: _("without “%(key)s” in the payload"),
        ValueRule.Payload.EQUALS: _("whose payload says “%(key)s” is “%(value)s”"),
        ValueRule.Payload.AT_LEAST: _("whose payload says “%(key)s” is at least %(value)s"),
    }[ValueRule.Payload(rule.payload)]
    return text % {"key": rule.payload_key, "value": rule.payload_value}


def _describe_half_life(rule: ValueRule) -> str:
    days = format_number(rule.half_life)
    return ngettext("halving every day", "halving every %(days)s days", 1 if days == "1" else 2) % {"days": days}


def _describe_cap(rule: ValueRule, siblings: Iterable[ValueRule]) -> str:
    if rule.daily_cap is None:
        return ""
    values = {"most": format_number(rule.daily_cap), "name": rule.shared_cap}
    if not rule.shared_cap:
        return _("at most %(most)s a day") % values
    sharing = [one.name for one in siblings if one.shared_cap == rule.shared_cap and one.name != rule.name]
    if not sharing:
        return _("at most %(most)s a day together with all rules that share “%(name)s”") % values
    others = get_text_list([_("“%s”") % name for name in sharing], _("and"))
    return _("at most %(most)s a day together with %(others)s") % {**values, "others": others}


def describe_tier(tier: Tier) -> str:
    """Say in words which thresholds a tier has and what it earns."""
    thresholds = [
        f"{name} {format_number(value)}"
        for name, value in (
            (_("partnership"), tier.partnership),
            (pgettext("score", "commitment"), tier.commitment),
            (_("confidence"), tier.confidence),
        )
        if value
    ]
    if tier.for_newcomers:
        reached = _("for newcomers")
    elif thresholds:
        reached = _("from %(thresholds)s") % {"thresholds": ", ".join(thresholds)}
    else:
        reached = _("for everybody else")
    answered = _("answer within %(hours)s business hours") % {"hours": tier.response_hours}
    goodwill = _("goodwill of %(amount)s a year") % {"amount": format_number(tier.goodwill)} if tier.goodwill else ""
    exceptions = _("exceptions are offered") if tier.exceptions_offered else ""
    return "; ".join(filter(None, [reached, answered, goodwill, exceptions]))
