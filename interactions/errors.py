class NotPossibleError(Exception):
    """Things are not in a state in which this can be done; the message says why, to whoever asked."""
