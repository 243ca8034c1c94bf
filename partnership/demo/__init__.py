"""The demo: a business school's history as interchange records, made up and always the same for the same seed."""

from partnership.demo.personas.roles import cast
from partnership.demo.portraits import portraits
from partnership.demo.story.telling import story

__all__ = ["cast", "portraits", "story"]
