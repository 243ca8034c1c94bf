"""Which errors are not the program's: a server that is away, a disk that is full."""

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Of SQLSTATE: connection exceptions, and the states in which the server shuts down, starts, or takes no more sessions.
_AWAY_CLASS = "08"
_AWAY = frozenset({"57P01", "57P02", "57P03", "53300"})
_DATABASE_FULL = "53100"
_FILES_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Failure:
    """`title` and `text` say it to whoever is before the screen, `log` is one line for the administrator."""

    title: "StrOrPromise"
    text: "StrOrPromise"
    log: str = ""


AWAY = Failure(
    _("The database can’t be reached"),
    _("It is usually back within seconds. If you had just sent something, it may have been saved: look before you send "
      "it again."),
)  # fmt: skip
DATABASE_FULL = Failure(
    _("The database’s disk is full"),
    _("Nothing can be saved until there is room again, and what you had just sent was not. Tell your administrator: "
      "nothing that was saved before is lost."),
    "The database's disk is full: nothing can be saved until there is room again.",
)  # fmt: skip
FILES_FULL = Failure(
    _("The disk for files is full"),
    _("No file can be stored until there is room again, and what you had just sent was not saved. Tell your "
      "administrator: nothing that was saved before is lost."),
    "The disk of VAR_DIR is full: no file can be stored until there is room again.",
)  # fmt: skip


def name_failure(error: BaseException | None) -> Failure | None:
    """Return what is at fault, if it is neither the program nor what was sent to it."""
    if isinstance(error, OSError) and error.errno in _FILES_FULL:
        return FILES_FULL
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    state = getattr(error.__cause__, "sqlstate", None)
    if state == _DATABASE_FULL:
        return DATABASE_FULL
    # Without a state, the connection was never made, or was lost.
    return AWAY if not state or state[:2] == _AWAY_CLASS or state in _AWAY else None
