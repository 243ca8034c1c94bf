"""Measure Focus, its pane and the lists of conversations over HTTP beside the baseline view.

Each is the p95 of a hundred requests to one web process. The generated load has no staff and no focus items:
`add_staff` adds forty colleagues in eight departments with their customers and conversations, and computes the focus
items. More than 100,000 conversations wait for an answer.
"""

from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from bench.health import cursor_without_history, prepare
from bench.measurement import Result
from bench.pages import HTMX, beside
from bench.web_server import Visitor, cookie, cookie_for, running_server
from customers.models import Customer
from partnership.core.pagination import format_key
from partnership.desk.inbox.lists import LISTS
from partnership.focus.lanes.partnership_lane import leading_items, partnership_lane
from partnership.focus.lanes.waiting_lane import clock_of, waiting_lane
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.staff.models import SUPPORT, Department, User

TARGET_RATIO = 5

COLLEAGUES, DEPARTMENTS = 40, 8


def measure() -> list[Result]:
    prepare()
    add_staff()
    print(f"{FocusItem.objects.filter(is_lead=True).count():,} customers in the Partnerships lane", flush=True)
    with running_server() as ours, running_server("bench.baseline:application") as floor:
        manager, support = Visitor(ours, cookie()), Visitor(ours, cookie_for(colleague(1)))
        baseline = Visitor(floor)
        visits = [(f"focus: {name}, p95", manager, *request) for name, request in requests().items()]
        visits += [(f"focus, of support: {name}, p95", support, f"/?whose={key}", {}) for name, key in WHOSE.items()]
        return [beside(name, visitor, url, baseline, TARGET_RATIO, headers) for name, visitor, url, headers in visits]


PANE = {**HTMX, "HX-Target": "pane"}

WHOSE = {"everybody's": "all", "my team's": "team", "mine": "mine"}


def requests() -> dict[str, tuple[str, dict[str, str]]]:
    """Return the URL and headers of each request by its name."""
    visible, now = Customer.objects.all(), timezone.now()
    first_waiting = waiting_lane(visible, clock=clock_of(now)).after
    first_partners = partnership_lane(visible, as_of=now.date()).after
    middle = leading_items(visible)[FocusItem.objects.filter(is_lead=True).count() // 2]
    middle_key = format_key(repr(middle.place), middle.pk)
    alone = leading_items(visible)[0]
    thread = waiting_lane(visible, clock=clock_of(now)).rows[0].thread
    return {
        **{name: (f"/?whose={whose}", {}) for name, whose in WHOSE.items()},
        "more of who waits": (f"/?{urlencode({'waiting': first_waiting})}", HTMX),
        "more of who waits, mine": (f"/?{urlencode({'waiting': first_waiting, 'whose': 'mine'})}", HTMX),
        "more of the partners": (f"/?{urlencode({'partners': first_partners})}", HTMX),
        "more of the partners, from the middle": (f"/?{urlencode({'partners': middle_key})}", HTMX),
        "what is asked before a snooze": (f"/focus/items/{alone.pk}/snooze/", {}),
        "a conversation's pane": (f"/?conversation={thread.pk}", PANE),
        "a partner's pane": (f"/?item={alone.pk}", PANE),
        **{f"conversations, {name}": (f"/conversations/?list={name}", {}) for name in LISTS},
    }


def add_staff() -> None:
    """Add staff, owners, assignees and focus items, unless an earlier run has done so."""
    if User.objects.filter(source="load").exists():
        return
    departments = [Department.objects.get_or_create(name=f"Department {n}")[0] for n in range(DEPARTMENTS)]
    cookie()  # creates the user of the requests
    User.objects.filter(email="bench@example.org").update(department=departments[0])
    for number in range(1, COLLEAGUES):
        user = User.objects.create(
            source="load", external_id=str(number), email=f"colleague{number}@example.org", name=f"Colleague {number}",
            department=departments[number % DEPARTMENTS],
        )  # fmt: skip
        user.groups.add(Group.objects.get(name=SUPPORT))
    staff = list(User.objects.order_by("pk").values_list("pk", flat=True)[:COLLEAGUES])
    with cursor_without_history() as cursor:
        for statement in (OWNERS, ASSIGNEES):
            cursor.execute(statement, {"staff": staff, "count": len(staff)})
    refresh_all(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) focus_focusitem, customers_customer, interactions_conversation")


def colleague(number: int) -> User:
    return User.objects.get(source="load", external_id=str(number))


OWNERS = """
UPDATE customers_customer SET owner_id = (%(staff)s::bigint[])[1 + id %% %(count)s] WHERE source = 'load'"""

# A third of the conversations has another assignee than the customer's owner.
ASSIGNEES = """
UPDATE interactions_conversation SET assignee_id = (%(staff)s::bigint[])[1 + id / 3 %% %(count)s]
WHERE source = 'load' AND id %% 3 = 0"""
