"""What share of the branches the tests took, package by package: from what `coverage combine` left (make coverage)."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import PurePath

DEEP = {"partnership"}
"""Whose folders are packages of their own."""


def package(file: str) -> str:
    parts = PurePath(file).parent.parts
    return ".".join(parts[: 2 if parts[0] in DEEP else 1])


def main() -> None:
    report = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "/dev/stdout"], check=True, stdout=subprocess.PIPE
    )
    all_, taken = Counter[str](), Counter[str]()
    for file, found in json.loads(report.stdout)["files"].items():
        for name in (package(file), "all"):
            all_[name] += found["summary"]["num_branches"]
            taken[name] += found["summary"]["covered_branches"]
    for name in [*sorted(all_.keys() - {"all"}), "all"]:
        share = f"{taken[name] / all_[name]:.1%}" if all_[name] else "–"
        print(f"{name:28}{share:>7}  {taken[name]:>5} of {all_[name]}")  # noqa: T201


if __name__ == "__main__":
    main()
