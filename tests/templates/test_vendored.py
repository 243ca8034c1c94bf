"""What static/vendor/VENDORED.json lists is what lies there, and what the templates ask for."""

import json
import re

import pytest
from django.conf import settings

from interactions.models.kinds import Channel, Kind

VENDOR = settings.BASE_DIR / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "VENDORED.json").read_text())["packages"]
ICONS = next(package for package in PACKAGES if "sprite" in package)
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / ICONS["sprite"]).read_text()))
NAMED = re.compile(r"""(?:\{% icon |\bicon=)"([\w-]+)"(?!\|)""")


def test_every_listed_file_is_there_and_nothing_else():
    listed = {"VENDORED.json"} | {ICONS["sprite"]}
    for package in PACKAGES:
        listed |= set(package["files"].values())
    assert {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} == listed


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_packages_are_pinned_by_hash_and_licensed(package):
    assert package["integrity"].startswith("sha512-")
    assert package["licence"] in {"MIT", "0BSD"}


def test_the_sprite_is_what_is_listed():
    assert set(ICONS["icons"]) == SYMBOLS


def test_every_kind_and_channel_has_an_icon():
    assert {f"kind-{kind}" for kind in Kind.values} | {f"channel-{channel}" for channel in Channel.values} <= SYMBOLS


def test_every_icon_that_a_template_names_is_in_the_sprite():
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    named = {(name, str(path)) for path in templates for name in NAMED.findall(path.read_text())}
    assert {"search", "lock"} <= {name for name, _ in named}
    missing = {pair for pair in named if pair[0] not in SYMBOLS and not pair[0].endswith("-")}
    assert not missing


def test_no_file_points_to_a_map_that_was_not_taken():
    assert not [path.name for path in VENDOR.rglob("*.min.*") if b"sourceMappingURL" in path.read_bytes()]
