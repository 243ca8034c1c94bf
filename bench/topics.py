"""Run one topic on the database that VAR_DIR holds: `python -m bench.topics rescoring`."""

import importlib
import os
import subprocess
import sys

import django

from bench.measure import Result, report
from partnership import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")


def main(topic: str) -> None:
    embedded.ensure()
    django.setup()
    if topic == "page_seconds":
        print(importlib.import_module("bench.customer_page").page_seconds())
        return
    module = importlib.import_module(f"bench.{topic}")
    results = module.measure()
    if topic == "customer_page":
        results.append(against_small(module))
    report(topic, results)


def against_small(module) -> Result:
    """The same page in a database a hundred times smaller: size alone should cost nothing."""
    environment = {**os.environ, "VAR_DIR": os.environ["BENCH_SMALL"]}
    command = [sys.executable, "-m", "bench.topics", "page_seconds"]
    small = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return Result("the same page beside a hundredth of the interactions", module.page_seconds(), float(small), 4 / 3)


if __name__ == "__main__":
    main(sys.argv[1])
