"""The disk is full: people and administrators are told in words, and all goes on once there is room."""

import os
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.faults.conftest import Site, report, running_site
from tests.processes import wait_until
from tests.senders import Sender

pytestmark = pytest.mark.processes


def fill(folder: Path) -> Path:
    """Write until there is no byte left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1_000_000)):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk has no end")


def log_calls(sender: Sender, site: Site, *, until_refused: bool) -> tuple[list[str], str]:
    """Log calls of 100 kB; return those acknowledged, and what was said of the one that was not."""
    acknowledged: list[str] = []
    for number in range(400):
        text = f"{number} {os.urandom(40_000).hex()}"
        try:
            sender.post(f"/customers/{site.customers[0]}/calls/", direction="inbound", body=text).close()
        except HTTPError as refused:
            return acknowledged, f"{refused.code} {refused.read().decode()}"
        acknowledged.append(text)
        if not until_refused:
            break
    return acknowledged, ""


def test_a_full_disk_is_said_in_words_and_loses_nothing(small_disk: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("migrated_var_dir")
    request.getfixturevalue("var_dir_with_static")
    with running_site(small_disk) as site:
        sam = site.sender()
        page = sam.get("/customers/")[1]
        assert "is nearly full" in page, "said before it is"
        ballast = fill(small_disk)
        acknowledged, said = log_calls(sam, site, until_refused=True)
        assert said.startswith("503")
        assert "disk is full" in said or "can’t be reached" in said, said[:500]
        ballast.unlink()
        if site.stack.processes["postgresql"].poll() is not None:  # without room for its log it stops
            site.stack.processes.pop("postgresql")
            site.stack.start("postgresql")
        wait_until(lambda: sam.health()[0] == 200, what="all to be well again")
        site.slowest_page(sam)
        acknowledged += log_calls(sam, site, until_refused=False)[0]
        stored = {str(body) for (body,) in site.stack.sql("SELECT body FROM interactions_interaction")}
        assert set(acknowledged) <= stored
        report(f"A full disk: {len(acknowledged)} acknowledged, none lost; said: {said.partition('<h1')[2][:120]}")
