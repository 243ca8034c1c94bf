"""Static files as they are served."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Forty of the same addresses stand on every page, and to put one together takes as long as a query."""

    # A module imports others by relative addresses, which need their hashes too.
    support_js_module_import_aggregation = True

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
