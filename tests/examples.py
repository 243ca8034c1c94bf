"""How many examples a property is tried on: 25 by `make test`, 1,000 by `make nightly`, unless it says otherwise."""

import os

from hypothesis import settings

NIGHTLY = 1000

settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("nightly", max_examples=NIGHTLY, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def examples(number: int, *, nightly: int = NIGHTLY) -> settings:
    """For a property whose examples are cheap, more than 25; for one whose examples are dear, fewer."""
    return settings(max_examples=nightly if settings.get_current_profile_name() == "nightly" else number)


CHEAP = examples(100)
"""No example asks the database more than once."""
