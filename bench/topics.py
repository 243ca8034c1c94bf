"""Run one topic on the database that VAR_DIR holds: `python -m bench.topics rescoring`."""

import importlib
import os
import sys

import django

from bench.measurement import report
from partnership.ops import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")


def main(topic: str) -> None:
    embedded.ensure()
    django.setup()
    module = importlib.import_module(f"bench.{topic}")
    report(topic, module.measure())


if __name__ == "__main__":
    main(sys.argv[1])
