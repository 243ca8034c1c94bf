"""Remake static/vendor/ from the npm packages that static/vendor/VENDORED.json names.

Each package is fetched with `npm pack` and refused unless its archive has the recorded integrity hash. Raise a version
there (with the hash that `npm view <name>@<version> dist.integrity` prints), then run `python tools/vendor.py`.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
# The maps are three times the size of what they describe; without them the comment would point nowhere.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")
SVG_ELEMENTS = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
INVISIBLE_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def fetch(package: dict, folder: Path) -> tarfile.TarFile:
    """Download one package's archive; SystemExit when it is not the one that was recorded."""
    wanted = f"{package['name']}@{package['version']}"
    pack = ["npm", "pack", "--json", "--pack-destination", str(folder), wanted]
    listing = json.loads(subprocess.run(pack, check=True, stdout=subprocess.PIPE).stdout)
    archive = folder / listing[0]["filename"]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package["integrity"]:
        raise SystemExit(f"{wanted}: the archive's hash is {digest}, not the recorded {package['integrity']}")
    return tarfile.open(archive)


def read(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is not a file in {archive.name!r}")
    return member.read()


def write(target: str, content: bytes) -> None:
    path = VENDOR / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def sprite(archive: tarfile.TarFile, icons: dict[str, str]) -> bytes:
    """One SVG with a <symbol> per icon: {our id: the package's outline icon}."""
    symbols = []
    for ours, theirs in sorted(icons.items()):
        svg = read(archive, f"icons/outline/{theirs}.svg").decode()
        drawing = SVG_ELEMENTS.search(svg)
        if drawing is None:
            raise SystemExit(f"{theirs}.svg is not the kind of SVG this script knows")
        strokes = " ".join(INVISIBLE_FRAME.sub("", drawing.group(1)).split())
        symbols.append(f'<symbol id="{ours}" viewBox="0 0 24 24">{strokes}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def remake(package: dict) -> None:
    with tempfile.TemporaryDirectory() as folder, fetch(package, Path(folder)) as archive:
        for source, target in package["files"].items():
            write(target, SOURCE_MAP.sub(b"\n", read(archive, source)))
        if "sprite" in package:
            write(package["sprite"], sprite(archive, package["icons"]))


if __name__ == "__main__":
    for package in json.loads((VENDOR / "VENDORED.json").read_text())["packages"]:
        remake(package)
        sys.stdout.write(f"{package['name']} {package['version']}\n")
