#!/usr/bin/env python
"""Run Django's commands; start the embedded servers for commands that need the database."""

import os
import sys

from django.core.management import execute_from_command_line

from partnership.ops import embedded

_WITHOUT_SERVERS = {"help", "version", "collectstatic", "makemessages", "compilemessages", "startapp", "findstatic"}


def needs_servers(arguments: list[str]) -> bool:
    """Return whether the command may use the database; unknown commands may."""
    command = next((word for word in arguments if not word.startswith("-")), "help")
    return command not in _WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")
    if needs_servers(sys.argv[1:]):
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
