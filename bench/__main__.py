"""Fill databases in folders of their own under VAR_DIR/bench, and measure on them.

BENCH_INTERACTIONS and BENCH_CUSTOMERS change the size (5,000,000 and 50,000), BENCH_IMPORT that of the import
(1,000,000). The databases are kept: a second run skips the filling.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench import scaling
from partnership.ops.embedded import var_dir

INTERACTIONS = int(os.environ.get("BENCH_INTERACTIONS", 5_000_000))
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", 50_000))
TOPICS = ["rescoring", "preview", "scaling", "pages", "polling", "focus", "health", "history_import", "score_latency"]
"""The last leaves 120,000 events behind, newer than all else: the pages would be of another load."""

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    for topic in sys.argv[1:] or TOPICS:
        if topic == "scaling":
            scaling.summarise({size: scored_in(size) for size in scaling.SIZES})
            continue
        full = topic != "history_import"
        folder = database("large", CUSTOMERS, INTERACTIONS) if full else database("import", 0, 0)
        python("bench.topics", topic, folder=folder)


def scored_in(size: int) -> float:
    """Seconds that a database of so many interactions takes."""
    return float(python("bench.scaling", folder=database("large", size // 100, size), capture=True))


def database(name: str, customers: int, interactions: int) -> Path:
    folder = var_dir() / "bench" / f"{name}-{interactions}"
    folder.mkdir(parents=True, exist_ok=True)
    for parent in (folder, folder.parent):
        parent.chmod(0o711)  # as root, the servers' account passes through
    python("manage", "migrate", "-v0", folder=folder)
    python("manage", "collectstatic", "-v0", "--noinput", folder=folder)
    if not (folder / "filled").exists():
        if interactions:
            print(f"Filling {folder.name}: {interactions:,} interactions of {customers:,} customers", flush=True)
            sizes = [f"--customers={customers}", f"--interactions={interactions}"]
            python("manage", "seed_load", *sizes, folder=folder)
        (folder / "filled").touch()
    return folder


def python(module: str, *arguments: str, folder: Path, capture: bool = False) -> str:
    """What it printed, where that is captured."""
    command, there = [sys.executable, "-m", module, *arguments], {**os.environ, "VAR_DIR": str(folder)}
    output = subprocess.PIPE if capture else None
    done = subprocess.run(command, cwd=PROJECT, env=there, check=True, stdout=output, text=True)
    return done.stdout or ""


if __name__ == "__main__":
    main()
