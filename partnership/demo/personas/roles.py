"""Who plays what. Drawn by the seed alone, apart from names and dates, so that no arc hangs on a name."""

from random import Random

FEWEST, MOST = 20, 5_000
"""Customers that the story can be told with: fewer can't play all arcs, for more there are not enough names."""

ARCS = (
    "loud",
    "champion",
    "won_back",
    "pushed",
    "free_work",
    "stalled",
    "gone_quiet",
    "newcomer",
    "corner_shop",
    "open_recovery",
)
"""The stories one can tell; each is played by one customer."""

ORDINARY = {"firm": 4, "member": 13, "shopper": 9, "prospect": 6, "alumnus": 6, "student": 62}
"""Everybody else, in parts of a hundred; a member belongs to a firm."""


def roles(customers: int, seed: int) -> list[str]:
    """The role of each customer, by index."""
    if not FEWEST <= customers <= MOST:
        raise ValueError(f"The story is told with {FEWEST} to {MOST} customers, not {customers}.")
    rest = customers - len(ARCS)
    ordinary = [role for role, share in ORDINARY.items() for _ in range(max(1, rest * share // 100))]
    ordinary += ["student"] * (rest - len(ordinary))
    played = [*ARCS, *ordinary[:rest]]
    Random(f"{seed}/roles").shuffle(played)
    return played


def ref_of(index: int) -> str:
    return f"demo:c{index + 1:04}"


def cast(customers: int, seed: int) -> dict[str, str]:
    """Which customer's ref plays which arc."""
    return {role: ref_of(index) for index, role in enumerate(roles(customers, seed)) if role in ARCS}
