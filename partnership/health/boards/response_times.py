"""The board of response times: how often the first answer came within the response target."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import (
    Board,
    Cell,
    Head,
    Sentence,
    Table,
    number,
    percent,
    percent_cell,
    percent_head,
    total_row,
)
from partnership.health.rollup.tier_sums import by_tier

_FIRST_ANSWERS = ("answered", "answered_late")
_SETTLED = ("not_needed", "without_answer")


def answers(scope: Scope) -> Board:
    rows = by_tier(scope, "answered", "answered_late", "not_needed", "without_answer")
    now = [sum(row.sums[name] for row in rows) for name in _FIRST_ANSWERS]
    text = _("How often the first answer came within the response target that their tier had when they asked. Focus"
             " shows who waits now. What needed no answer or got none is counted by itself.")  # fmt: skip
    settled = {name: sum(row.sums[name] for row in rows) for name in _SETTLED}
    if not sum(now) + sum(settled.values()) and not any(row.sums["before_answered"] for row in rows):
        return Board(_("Answers"), text, empty=_("No answers yet. They count once a customer writes and we reply."))
    sentences = [target_sentence(scope, *now), *_settled_sentences(scope, settled)]
    heads: list[str | Head] = [
        _("Tier"), Head(_("Target"), pgettext("unit", "business hours")), _("In time"), _("Too late"),
        percent_head(_("Share in time")), percent_head(_("Share in time before")), _("No answer needed"),
        _("Closed without answering"),
    ]  # fmt: skip
    lines = []
    for row in rows:
        kept, late, was, was_late = (row.sums[name] for name in (
            "answered", "answered_late", "before_answered", "before_answered_late"))  # fmt: skip
        hours_promised = row.tier.response_hours if row.tier else None
        lines.append([
            Cell(row.name),
            Cell("–" if hours_promised is None else _("%s business hours") % hours_promised, number=True,
                 plain=hours_promised),
            number(kept, row.url("health_rows", "answered")),
            number(late, row.url("health_rows", "answered_late")),
            _share_cell(kept, late),
            _share_cell(was, was_late),
            *(number(row.sums[name], row.url("health_rows", name)) for name in _SETTLED),
        ])  # fmt: skip
    total = total_row(
        Cell(""),
        *(number(count, scope.url("health_rows", name)) for name, count in zip(_FIRST_ANSWERS, now, strict=True)),
        _share_cell(*now),
        _share_cell(*(sum(row.sums[f"before_{name}"] for row in rows) for name in _FIRST_ANSWERS)),
        *(number(count, scope.url("health_rows", name)) for name, count in settled.items()),
    )
    table = Table("answers", _("By the tier they have now"), heads, lines, total=total, lead=_("Share in time"))
    return Board(_("Answers"), text, sentences, [table])


def target_sentence(scope: Scope, within: int, after: int) -> Sentence:
    """Say how often the first answer came within the response target."""
    if not within + after:
        return Sentence(_("No answers of ours in %s.") % scope.label)
    share = percent(within, within + after)
    told = _("%(share)d%% of our answers came within the response target in %(period)s.")
    late = scope.url("health_rows", "answered_late") if after else ""
    return Sentence(told % {"share": share, "period": scope.label}, late, "good" if share >= 95 else "bad")


def _settled_sentences(scope: Scope, counts: dict[str, int]) -> list[Sentence]:
    texts = {
        "not_needed": ngettext(
            "%d conversation needed no answer.", "%d conversations needed no answer.", counts["not_needed"]
        ),
        "without_answer": ngettext(
            "%d conversation was closed without answering.",
            "%d conversations were closed without answering.",
            counts["without_answer"],
        ),
    }
    return [Sentence(texts[name] % n, scope.url("health_rows", name)) for name, n in counts.items() if n]


def _share_cell(kept: int, late: int) -> Cell:
    if not kept + late:
        return Cell("–", number=True)
    return percent_cell(percent(kept, kept + late))
