"""Modules as production serves them: under hashed names, by which they import each other."""

import re
import shutil
from pathlib import Path

from django.conf import settings

from partnership.core.static_storage import Storage

IMPORT = re.compile(r'from "([^"]+)"')
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


def collect(folder: Path) -> Storage:
    storage = Storage(location=folder, base_url="/static/")
    for part in ("partnership/js", "vendor/stimulus"):
        shutil.copytree(settings.BASE_DIR / "static" / part, folder / part)
    paths = {str(path.relative_to(folder)): (storage, str(path.relative_to(folder))) for path in folder.rglob("*.js")}
    for _, _, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), processed
    return storage


ENTRIES = ("app", "rules", "print", "admin")
"""The modules that a page begins with."""


def test_modules_import_each_other_by_hashed_names(tmp_path):
    storage = collect(tmp_path)
    seen = set()
    waiting = [tmp_path / storage.stored_name(f"partnership/js/{entry}.js") for entry in ENTRIES]
    while waiting:
        module = waiting.pop()
        assert HASHED.search(module.name)
        seen.add(module)
        imported = {(module.parent / address).resolve() for address in IMPORT.findall(module.read_text())}
        waiting += imported - seen
    sources = [path for path in tmp_path.rglob("*.js") if not HASHED.search(path.name)]
    assert len(seen) == len(sources)
