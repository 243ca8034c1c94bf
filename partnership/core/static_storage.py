"""Static files as they are served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    # Our modules import others by relative addresses, which need their hashes too. Django's own switch for that
    # (support_js_module_import_aggregation) reads every package's scripts, also what only looks like an import there.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("partnership/js/*.js", ((r"""(?P<matched>from "(?P<url>\.[^"]+)")""", 'from "%(url)s"'),)),
    )
