"""How long work on scores tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how many customers are done, of how many; may raise to stop the work between two chunks."""


def ignore_progress(done: int, total: int) -> None:
    """For work that nobody watches."""
