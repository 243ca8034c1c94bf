"""Which customer has which role: drawn by the seed alone, apart from names and dates."""

from random import Random

# Fewer cannot fill all arcs, for more there are not enough names.
MIN_CUSTOMERS, MAX_CUSTOMERS = 20, 5_000

# Scripted histories, one customer each.
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

# All other customers, in percent; a member belongs to a firm.
ORDINARY_SHARES = {"firm": 4, "member": 13, "shopper": 9, "prospect": 6, "alumnus": 6, "student": 62}


def assign_roles(customers: int, seed: int) -> list[str]:
    """Draw the role of each customer, by index."""
    if not MIN_CUSTOMERS <= customers <= MAX_CUSTOMERS:
        raise ValueError(f"The story is told with {MIN_CUSTOMERS} to {MAX_CUSTOMERS} customers, not {customers}.")
    rest = customers - len(ARCS)
    ordinary = [role for role, share in ORDINARY_SHARES.items() for _ in range(max(1, rest * share // 100))]
    ordinary += ["student"] * (rest - len(ordinary))
    assigned = [*ARCS, *ordinary[:rest]]
    Random(f"{seed}/roles").shuffle(assigned)
    return assigned


def ref_of(index: int) -> str:
    return f"demo:c{index + 1:04}"


def arc_refs(customers: int, seed: int) -> dict[str, str]:
    """Return the customer's ref of each arc."""
    return {role: ref_of(index) for index, role in enumerate(assign_roles(customers, seed)) if role in ARCS}
