#!/usr/bin/env python
"""Django's commands; the embedded servers are found or started when a command may want them."""

import os
import sys

from django.core.management import execute_from_command_line

from partnership.ops import embedded

WITHOUT_SERVERS = {"help", "version", "collectstatic", "makemessages", "compilemessages", "startapp", "findstatic"}


def wants_servers(arguments: list[str]) -> bool:
    """Whether the command line may reach for the database; when in doubt it does."""
    command = next((word for word in arguments if not word.startswith("-")), "help")
    return command not in WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")
    if wants_servers(sys.argv[1:]):
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
