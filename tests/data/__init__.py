"""Data of our own that tests read, so that a clone needs nothing else; README.md says what each folder holds."""

from pathlib import Path

DATA = Path(__file__).parent
MAILS = sorted((DATA / "mail").glob("*.eml"))
REPLIES = sorted((DATA / "replies").glob("*.expected.txt"))
