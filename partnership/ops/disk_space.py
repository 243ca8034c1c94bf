"""Say to administrators that a disk is nearly full, before nothing can be saved any more."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from partnership.ops import embedded
from partnership.ops.embedded import paths

LEAST_FREE = 500_000_000  # bytes; PostgreSQL alone may need half of it for one large import


def _folders() -> Iterator[Path]:
    """Yield our folders, one of each disk. A database of one's own may be on another machine: nobody can look there."""
    places = [paths.var_dir(), Path(settings.MEDIA_ROOT)]
    if any(server.name == "postgresql" for server in embedded.needed()):
        places.append(paths.server_dir() / "postgresql")
    disks: set[int] = set()
    for place in places:
        if place.exists() and (disk := place.stat().st_dev) not in disks:
            disks.add(disk)
            yield place


def list_full_disks() -> list[str]:
    return [
        _(
            "The disk of %(folder)s is nearly full: %(free)s are left. Make room: once it is full, nothing can be "
            "saved, and no e-mail is sent."
        )
        % {"folder": os.fspath(folder), "free": filesizeformat(free)}
        for folder in _folders()
        if (free := shutil.disk_usage(folder).free) < LEAST_FREE
    ]


def full_disks(request: HttpRequest) -> dict[str, object]:
    """Provide `full_disks` to templates, which look only for administrators."""
    return {"full_disks": lazy(list_full_disks, list)()}
