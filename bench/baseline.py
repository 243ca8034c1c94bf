"""The floor of the pages: a web application that renders fifty rows of one indexed query, without middleware or user.

Served as `bench.baseline:application`, with the product's settings except for those in baseline_settings.py.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.baseline_settings"
application = get_wsgi_application()

from interactions.models import Interaction  # noqa: E402  (needs the applications loaded)

FIFTY_ROWS = engines["django"].from_string(
    """<!doctype html><title>{{ customer }}</title><ol>{% for row in rows %}
    <li id="entry-{{ row.pk }}">{{ row.author.name }} {{ row.kind }} {{ row.channel }}
    <time>{{ row.occurred_at }}</time> <b>{{ row.subject }}</b> <p>{{ row.body }}</p></li>{% endfor %}</ol>"""
)


def fifty_rows(request: HttpRequest, pk: int) -> HttpResponse:
    entries = Interaction.objects.filter(customer=pk).select_related("author").defer("html", "source_snapshot")
    rows = entries.order_by("-occurred_at", "-id")[:50]
    return HttpResponse(FIFTY_ROWS.render({"customer": pk, "rows": rows}))


urlpatterns = [path("<int:pk>/", fifty_rows)]
