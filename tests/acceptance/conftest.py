"""Tests of real data in a folder outside the project: `make accept DATA=folder`. `make test` does not collect them."""

from collections.abc import Callable
from pathlib import Path

import pytest

PARTS = {"mail-odd": "*.box", "mail-replies": "*.expected.txt", "oulad-AAA-2013J.jsonl.gz": None}
RESULTS = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--data", default="", metavar="FOLDER", help="where the real data lies")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    given = config.getoption("data")
    if not given:
        raise pytest.UsageError("say where the real data lies: make accept DATA=folder")
    if not Path(given).is_dir():
        raise pytest.UsageError(f"there is no folder {given}")
    missing = [part for part, files in PARTS.items() if not is_there(Path(given, part), files)]
    if missing:
        raise pytest.UsageError(f"{given} lacks {', '.join(missing)}")
    config.stash[RESULTS] = []


def is_there(path: Path, files: str | None) -> bool:
    return path.is_file() if files is None else any(path.glob(files))


@pytest.fixture(scope="session")
def data(pytestconfig: pytest.Config) -> Path:
    return Path(pytestconfig.getoption("data"))


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Add a line to what is printed at the end."""
    return pytestconfig.stash[RESULTS].append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.section(f"on the data in {config.getoption('data')}")
    for line in config.stash[RESULTS]:
        terminalreporter.line(line)
