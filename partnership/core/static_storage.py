"""Static files as they are served."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Forty of the same addresses stand on every page, and to put one together takes as long as a query."""

    # Our modules import others by relative addresses, which need their hashes too. Django's own switch for that
    # (support_js_module_import_aggregation) reads every package's scripts, also what only looks like an import there.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("partnership/js/*.js", ((r"""(?P<matched>from "(?P<url>\.[^"]+)")""", 'from "%(url)s"'),)),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        if name not in self.known:
            self.known[name] = super().url(name, force)
        return self.known[name]

    def save_manifest(self) -> None:
        super().save_manifest()
        self.known.clear()
