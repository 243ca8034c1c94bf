class Refused(Exception):  # noqa: N818  (it is what is said to the person, not an error of the program)
    """Why there is no backup, or why one can't be restored."""
