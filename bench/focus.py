"""The focus page over HTTP from one web process, beside the same bare view as the desk's pages; p95 of a hundred.

A load has nobody who works and nothing to be done next: forty colleagues in eight departments are added, each with
their customers and conversations, and everybody's items as the queue finds them. More than 100,000 wait for an answer.
"""

from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from bench.health import made_up, prepare
from bench.measurement import Result
from bench.pages import HTMX, beside
from bench.web_server import Visitor, cookie, cookie_of, serving
from customers.models import Customer
from partnership.core.pagination import format_key
from partnership.focus.lanes.partnership_lane import leading_items, partnership_lane
from partnership.focus.lanes.waiting_lane import clock_of, waiting_lane
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.staff.models import SUPPORT, Department, User

TIMES = 5
"""Target: times the floor."""

COLLEAGUES, DEPARTMENTS = 40, 8


def measure() -> list[Result]:
    prepare()
    employ()
    print(f"{FocusItem.objects.filter(is_lead=True).count():,} customers in the Partnerships lane", flush=True)
    with serving() as ours, serving("bench.baseline:application") as floor:
        manager, support = Visitor(ours, cookie()), Visitor(ours, cookie_of(colleague(1)))
        bare = Visitor(floor)
        asked = [(f"focus: {name}, p95", manager, *asks) for name, asks in addresses().items()]
        asked += [(f"focus, of support: {name}, p95", support, f"/?whose={whose}", {}) for name, whose in WHOSE.items()]
        return [beside(name, visitor, url, bare, TIMES, headers) for name, visitor, url, headers in asked]


WHOSE = {"everybody's": "all", "my team's": "team", "mine": "mine"}


def addresses() -> dict[str, tuple[str, dict[str, str]]]:
    """What is asked for: its name → URL, headers."""
    visible, now = Customer.objects.all(), timezone.now()
    first_waiting = waiting_lane(visible, clock=clock_of(now)).after
    first_partners = partnership_lane(visible, as_of=now.date()).after
    middle = leading_items(visible)[FocusItem.objects.filter(is_lead=True).count() // 2]
    far = format_key(repr(middle.place), middle.pk)
    alone = leading_items(visible)[0]
    return {
        **{name: (f"/?whose={whose}", {}) for name, whose in WHOSE.items()},
        "more of who waits": (f"/?{urlencode({'waiting': first_waiting})}", HTMX),
        "more of who waits, mine": (f"/?{urlencode({'waiting': first_waiting, 'whose': 'mine'})}", HTMX),
        "more of the partners": (f"/?{urlencode({'partners': first_partners})}", HTMX),
        "more of the partners, from the middle": (f"/?{urlencode({'partners': far})}", HTMX),
        "what is asked before a snooze": (f"/focus/items/{alone.pk}/snooze/", {}),
    }


def employ() -> None:
    """Once: who works here, whose customers and conversations they are, and what everybody's next hour may go to."""
    if User.objects.filter(source="load").exists():
        return
    departments = [Department.objects.get_or_create(name=f"Department {n}")[0] for n in range(DEPARTMENTS)]
    cookie()  # the first of them is who asks
    User.objects.filter(email="bench@example.org").update(department=departments[0])
    for number in range(1, COLLEAGUES):
        user = User.objects.create(
            source="load", external_id=str(number), email=f"colleague{number}@example.org", name=f"Colleague {number}",
            department=departments[number % DEPARTMENTS],
        )  # fmt: skip
        user.groups.add(Group.objects.get(name=SUPPORT))
    staff = list(User.objects.order_by("pk").values_list("pk", flat=True)[:COLLEAGUES])
    with made_up() as cursor:
        for statement in (OWNERS, ASSIGNEES):
            cursor.execute(statement, {"staff": staff, "many": len(staff)})
    refresh_all(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) focus_focusitem, customers_customer, interactions_conversation")


def colleague(number: int) -> User:
    return User.objects.get(source="load", external_id=str(number))


OWNERS = """
UPDATE customers_customer SET owner_id = (%(staff)s::bigint[])[1 + id %% %(many)s] WHERE source = 'load'"""

# A third of the conversations is with somebody else than the owner.
ASSIGNEES = """
UPDATE interactions_conversation SET assignee_id = (%(staff)s::bigint[])[1 + id / 3 %% %(many)s]
WHERE source = 'load' AND id %% 3 = 0"""
