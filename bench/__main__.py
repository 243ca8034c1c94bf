"""Fill databases under VAR_DIR/bench and run benchmarks on them: `python -m bench [TOPIC…]`.

BENCH_INTERACTIONS (5,000,000), BENCH_CUSTOMERS (50,000) and BENCH_IMPORT (1,000,000) change the sizes. The databases
are kept for the next run.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench import scaling
from partnership.ops.embedded import var_dir

INTERACTIONS = int(os.environ.get("BENCH_INTERACTIONS", 5_000_000))
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", 50_000))
# score_latency comes last: its 120,000 new events would change the load of the other topics.
TOPICS = ["rescoring", "preview", "scaling", "pages", "polling", "focus", "health", "history_import", "score_latency"]

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    for topic in sys.argv[1:] or TOPICS:
        if topic == "scaling":
            scaling.report({size: seconds_to_score(size) for size in scaling.SIZES})
            continue
        is_filled = topic != "history_import"
        folder = database("large", CUSTOMERS, INTERACTIONS) if is_filled else database("import", 0, 0)
        run_module("bench.topics", topic, folder=folder)


def seconds_to_score(size: int) -> float:
    """Score a database of `size` interactions and return the seconds it took."""
    return float(run_module("bench.scaling", folder=database("large", size // 100, size), capture=True))


def database(name: str, customers: int, interactions: int) -> Path:
    """Return the VAR_DIR of the database, migrated and filled."""
    folder = var_dir() / "bench" / f"{name}-{interactions}"
    folder.mkdir(parents=True, exist_ok=True)
    for parent in (folder, folder.parent):
        parent.chmod(0o711)  # lets the servers' account pass through when we are root
    run_module("manage", "migrate", "-v0", folder=folder)
    run_module("manage", "collectstatic", "-v0", "--noinput", folder=folder)
    if not (folder / "filled").exists():
        if interactions:
            print(f"Filling {folder.name}: {interactions:,} interactions of {customers:,} customers", flush=True)
            sizes = [f"--customers={customers}", f"--interactions={interactions}"]
            run_module("manage", "seed_load", *sizes, folder=folder)
        (folder / "filled").touch()
    return folder


def run_module(module: str, *arguments: str, folder: Path, capture: bool = False) -> str:
    """Run a module with VAR_DIR at `folder`; return its output if `capture` is set."""
    command, env = [sys.executable, "-m", module, *arguments], {**os.environ, "VAR_DIR": str(folder)}
    output = subprocess.PIPE if capture else None
    done = subprocess.run(command, cwd=PROJECT, env=env, check=True, stdout=output, text=True)
    return done.stdout or ""


if __name__ == "__main__":
    main()
