"""Fill two databases, large and small, in folders of their own under VAR_DIR/bench, and measure on them.

BENCH_INTERACTIONS and BENCH_CUSTOMERS change the large one's size (5,000,000 and 50,000), BENCH_IMPORT the size of the
import (1,000,000). The databases are kept: a second run skips the filling.
"""

import os
import subprocess
import sys
from pathlib import Path

from partnership.embedded import var_dir

INTERACTIONS = int(os.environ.get("BENCH_INTERACTIONS", 5_000_000))
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", 50_000))
PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    topics = sys.argv[1:] or ["rescoring", "customer_page", "importing"]
    large = database("large", CUSTOMERS, INTERACTIONS)
    small = database("small", max(2, CUSTOMERS // 100), INTERACTIONS // 100)
    for topic in topics:
        folder = database("import", 0, 0) if topic == "importing" else large
        python("bench.topics", topic, folder=folder, small=str(small))


def database(name: str, customers: int, interactions: int) -> Path:
    folder = var_dir() / "bench" / f"{name}-{interactions}"
    if not (folder / "filled").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for parent in (folder, folder.parent):
            parent.chmod(0o711)  # as root, the servers' account passes through
        python("manage", "migrate", "-v0", folder=folder)
        python("manage", "collectstatic", "-v0", "--noinput", folder=folder)
        if interactions:
            print(f"Filling {folder.name}: {interactions:,} interactions of {customers:,} customers", flush=True)
            sizes = [f"--customers={customers}", f"--interactions={interactions}"]
            python("manage", "seed_load", *sizes, folder=folder)
        (folder / "filled").touch()
    return folder


def python(module: str, *arguments: str, folder: Path, **more: str) -> None:
    environment = {
        **os.environ,
        "VAR_DIR": str(folder),
        **{f"BENCH_{key.upper()}": value for key, value in more.items()},
    }
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=PROJECT, env=environment, check=True)


if __name__ == "__main__":
    main()
