"""Write static/vendor/ from the npm packages listed in static/vendor/VENDORED.json.

Packages come from `npm pack` and must have the recorded integrity hash. To upgrade one, change its version there, and
its hash to the output of `npm view <name>@<version> dist.integrity`, then run `python tools/vendor.py`.
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
# The source maps are not vendored (three times the size of the code), so neither are the references to them.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")
SVG_ELEMENTS = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
INVISIBLE_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def fetch(package: dict, folder: Path) -> tarfile.TarFile:
    """Download a package's archive. Raises SystemExit when its hash is not the recorded one."""
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
    """Return an SVG with a <symbol> per icon. `icons` maps our ids to the package's outline icons."""
    symbols = []
    for symbol_id, name in sorted(icons.items()):
        svg = read(archive, f"icons/outline/{name}.svg").decode()
        drawing = SVG_ELEMENTS.search(svg)
        if drawing is None:
            raise SystemExit(f"{name}.svg is not an SVG with the expected elements")
        strokes = " ".join(INVISIBLE_FRAME.sub("", drawing.group(1)).split())
        symbols.append(f'<symbol id="{symbol_id}" viewBox="0 0 24 24">{strokes}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def vendor_package(package: dict) -> None:
    with tempfile.TemporaryDirectory() as folder, fetch(package, Path(folder)) as archive:
        for source, target in package["files"].items():
            write(target, SOURCE_MAP.sub(b"\n", read(archive, source)))
        if "sprite" in package:
            write(package["sprite"], sprite(archive, package["icons"]))


if __name__ == "__main__":
    for package in json.loads((VENDOR / "VENDORED.json").read_text())["packages"]:
        vendor_package(package)
        sys.stdout.write(f"{package['name']} {package['version']}\n")
