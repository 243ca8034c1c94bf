class BackupError(Exception):
    """A backup or restore is not possible; the message says why."""
