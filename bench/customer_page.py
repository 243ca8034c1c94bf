"""The heaviest customer's page, through every middleware, beside a bare Django view of fifty rows."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory

from bench.measure import Result, compare, seconds
from customers.models import Customer
from interactions.models import Interaction
from partnership.staff.models import User

FIFTY_ROWS = engines["django"].from_string(
    """<!doctype html><title>{{ customer }}</title><ol>{% for row in rows %}
    <li id="entry-{{ row.pk }}">{{ row.author.name }} {{ row.kind }} {{ row.channel }}
    <time>{{ row.occurred_at }}</time> <b>{{ row.subject }}</b> <p>{{ row.body }}</p></li>{% endfor %}</ol>"""
)


def bare_view(request: HttpRequest, customer: Customer) -> HttpResponse:
    """One indexed query, fifty rows shown as plainly as can be, no middleware, no user: the floor."""
    entries = Interaction.objects.filter(customer=customer).select_related("author").defer("html", "said")
    rows = entries.order_by("-occurred_at", "-id")[:50]
    return HttpResponse(FIFTY_ROWS.render({"customer": customer, "rows": rows}))


def heaviest() -> int:
    counted = Interaction.objects.values("customer_id").annotate(rows=Count("pk")).order_by("-rows")
    return counted[0]["customer_id"]


def visitor() -> Client:
    user, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench", "is_superuser": True})
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def measure() -> list[Result]:
    customer = Customer.objects.get(pk=heaviest())
    client, request = visitor(), RequestFactory().get("/")
    address = customer.get_absolute_url()
    assert client.get(address).status_code == 200
    return [
        compare(
            f"page of a customer with {customer.interactions.count():,} interactions",
            lambda: [client.get(address) for _ in range(10)],
            lambda: [bare_view(request, customer) for _ in range(10)],
            target=3,
        )
    ]


def page_seconds() -> float:
    """The median time of ten openings of the heaviest customer's page, for comparing two databases."""
    client, address = visitor(), Customer.objects.get(pk=heaviest()).get_absolute_url()
    client.get(address)
    return sorted(seconds(lambda: client.get(address)) for _ in range(21))[10]
