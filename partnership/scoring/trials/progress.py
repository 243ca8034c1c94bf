"""Progress of long work on scores."""

from collections.abc import Callable

# Called with the customers done and their total; may raise to stop the work between two chunks.
Progress = Callable[[int, int], None]


def ignore_progress(done: int, total: int) -> None:
    """Report nothing."""
