"""Measure scoring in databases of several sizes; `python -m bench.scaling` prints the seconds for one of them."""

import json
import math
import os
import statistics

import django

from bench.measurement import RESULTS, RUNS, seconds
from partnership.ops import embedded

SIZES = (500_000, 1_000_000, 2_000_000, 5_000_000)  # interactions, a hundred of each customer

MAX_EXPONENT = 1.1  # linear growth, with a tolerance for noise


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")
    embedded.ensure()
    django.setup()
    from django.utils import timezone

    from bench.rescoring import score
    from partnership.scoring.models import RuleSet

    run = score(RuleSet.objects.active(), timezone.now().date())
    run()
    print(statistics.median(seconds(run) for _ in range(RUNS)))


def report(durations: dict[int, float]) -> None:
    """Print and store the seconds of each size, and the exponent: the slope of log seconds over log rows."""
    exponent = statistics.linear_regression(list(map(math.log, durations)), list(map(math.log, durations.values())))
    for rows, took in durations.items():
        print(f"score everybody, {rows:9,} interactions {took * 1000:11,.1f} ms  {took / rows * 1e6:.2f} µs a row")
    verdict = "held" if exponent.slope <= MAX_EXPONENT else "MISSED"
    print(f"the cost grows as rows to the power of {exponent.slope:.2f}, target {MAX_EXPONENT}  {verdict}")
    RESULTS.mkdir(exist_ok=True)
    load, _, _ = os.getloadavg()
    found = {"load": load, "runs": RUNS, "seconds": durations, "exponent": exponent.slope, "target": MAX_EXPONENT}
    (RESULTS / "scaling.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
