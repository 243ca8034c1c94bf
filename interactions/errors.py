class ActionRefused(Exception):  # noqa: N818 (a refusal is an answer to the user, not a fault)
    """Raised when the current state does not allow an action; the message tells the user why."""
