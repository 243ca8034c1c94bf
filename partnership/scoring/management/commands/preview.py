"""Preview a rule set on all customers."""

import json
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.scoring.management.arguments import find_rule_set
from partnership.scoring.trials.preview import MoverWithReasons, Preview, preview_rule_set
from partnership.scoring.trials.progress import ignore_progress
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Score all customers as of today under a rule set and under the active one. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ruleset", metavar="RULESET", help="its name, or its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, ruleset: str, **options: object) -> None:
        rule_set, today = find_rule_set(ruleset), Firm.current().local_date(timezone.now())
        found = preview_rule_set(rule_set, day=today, progress=ignore_progress)
        for line in [json.dumps(found)] if options["json"] else _format_preview(found):
            self.stdout.write(line)


def _format_preview(found: Preview) -> Iterator[str]:
    yield f"{found['ruleset']} beside {found['compared_with']}, as of {found['as_of']}: {found['customers']} customers"
    change = found["change"]
    moved = f"{change['rose']} rise, {change['fell']} fall, {change['same']} stay"
    yield f"partnership: {moved}; {change['mean']:+.2f} on average"
    yield f"\n{'tier':30} {'before':>8} {'after':>8}"
    for tier in found["tiers"]:
        yield f"{tier['name']:30} {tier['before']:8} {tier['after']:8}"
    yield f"\n{found['changed_tier']} change tier"
    for move in found["moves"]:
        if move["before"] != move["after"]:
            yield f"{move['customers']:8} from {move['before']} to {move['after']}"
    for title, movers in (("Largest gains", found["winners"]), ("Largest losses", found["losers"])):
        if movers:
            yield f"\n{title}"
            yield from map(_format_mover, movers)


_OTHER_REASONS = {"": "starting point", None: "beyond balance"}


def _format_mover(one: MoverWithReasons) -> str:
    reasons = "; ".join(
        f"{_OTHER_REASONS.get(reason['rule'], reason['rule'])} {reason['before']:.1f} → {reason['after']:.1f}"
        for reason in one["reasons"]
    )
    return f"{one['before']:8.1f} → {one['after']:5.1f}  {one['customer']}: {reasons}"
