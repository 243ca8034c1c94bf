"""The demo: a business school's history as interchange records, made up and always the same for the same seed."""

from partnership.desk.demo.portraits import portraits
from partnership.desk.demo.roles import cast
from partnership.desk.demo.story import story

__all__ = ["cast", "portraits", "story"]
