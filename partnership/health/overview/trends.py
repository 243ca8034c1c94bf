"""The board of trends: each headline week by week, so that a manager sees whether it is getting better."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Table, number
from partnership.health.frame.tier_paths import describe_rule_changes
from partnership.health.frame.wording import format_day
from partnership.health.overview.weeks import count_weeks, week_ends
from partnership.scoring.rules.rule_changes import list_rule_changes

NAMES = (
    "goals_reached", "ours_kept", "ours_late", "ours_missed", "theirs_kept", "theirs_missed", "answered",
    "answered_late", "mistakes", "gestures",
)  # fmt: skip


def trends(scope: Scope) -> Board:
    counts = count_weeks(scope, *NAMES)
    title, text = (
        _("Trends"),
        _(
            "What happened in each week: goals, promises of ours and theirs, answers, mistakes and goodwill gestures."
            " Every week ends on the same weekday as today."
        ),
    )
    if not any(any(numbers) for numbers in counts.values()):
        return Board(
            title, text, empty=_("Nothing happened in these weeks. Choose a longer trend, or come back later.")
        )
    heads = [
        _("Week until"), _("Goals achieved"), _("Ours kept"), _("Ours late"), _("Ours missed"), _("Theirs kept"),
        _("Theirs missed"), _("Answers in time"), _("Answers late"), _("Mistakes"), _("Gestures"),
    ]  # fmt: skip
    ends = week_ends(scope)
    rows = [_week(scope, day, {name: counts[name][place] for name in NAMES}) for place, day in enumerate(ends)]
    begin = ends[0] - timedelta(weeks=1)
    told = describe_rule_changes([one for one in list_rule_changes(scope.firm) if begin < one.day <= ends[-1]])
    return Board(title, text, tables=[Table("trends", _("By week"), heads, rows[::-1], told)])


def _week(scope: Scope, day: date, counts: dict[str, int]) -> list[Cell]:
    return [
        Cell(format_day(day), plain=day.isoformat()),
        *(number(count, scope.url("health_rows", name, period="week", until=day)) for name, count in counts.items()),
    ]
