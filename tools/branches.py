"""Print the branch coverage by package, from the combined data of `make coverage`."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import PurePath

_NAMESPACES = {"partnership"}  # each of their folders is counted as a package


def package(file: str) -> str:
    parts = PurePath(file).parent.parts
    return ".".join(parts[: 2 if parts[0] in _NAMESPACES else 1])


def main() -> None:
    report = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "/dev/stdout"], check=True, stdout=subprocess.PIPE
    )
    branches, covered = Counter[str](), Counter[str]()
    for file, found in json.loads(report.stdout)["files"].items():
        for name in (package(file), "all"):
            branches[name] += found["summary"]["num_branches"]
            covered[name] += found["summary"]["covered_branches"]
    for name in [*sorted(branches.keys() - {"all"}), "all"]:
        share = f"{covered[name] / branches[name]:.1%}" if branches[name] else "–"
        print(f"{name:28}{share:>7}  {covered[name]:>5} of {branches[name]}")  # noqa: T201


if __name__ == "__main__":
    main()
