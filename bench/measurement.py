"""Time two functions alternately, after a warm-up, so that both run under the same conditions."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RUNS = 5
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """Times in seconds, medians of RUNS unless `name` says otherwise.

    `target` is the highest allowed ratio of `ours` to `floor`; `weight` is the size in compressed bytes.
    """

    name: str
    ours: float
    floor: float
    target: float
    weight: int | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def held(self) -> bool:
        return self.ratio <= self.target


def compare(name: str, ours: Callable[[], object], floor: Callable[[], object], *, target: float) -> Result:
    """Run each function once to warm up, then both alternately, RUNS times each."""
    floor(), ours()
    pairs = [(seconds(ours), seconds(floor)) for _ in range(RUNS)]
    return Result(name, *(statistics.median(column) for column in zip(*pairs, strict=True)), target)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(topic: str, results: list[Result]) -> None:
    """Print the results and write bench/results/<topic>.json."""
    for result in results:
        verdict = "held" if result.held else "MISSED"
        print(
            f"{result.name:58} {result.ours * 1000:11,.1f} ms  floor {result.floor * 1000:11,.1f} ms  "
            f"ratio {result.ratio:5.2f}  target {result.target:4.2f}  {verdict}"
            + (f"  {result.weight / 1024:.1f} KB" if result.weight else "")
        )
    RESULTS.mkdir(exist_ok=True)
    rows = [{**asdict(result), "ratio": result.ratio, "held": result.held} for result in results]
    load, _, _ = os.getloadavg()
    machine = {"python": platform.python_version(), "machine": platform.machine(), "runs": RUNS, "load": load}
    (RESULTS / f"{topic}.json").write_text(json.dumps({**machine, "results": rows}, indent=1) + "\n")
