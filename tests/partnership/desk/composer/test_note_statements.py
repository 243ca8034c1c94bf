"""What recording a note costs the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_a_note_takes_few_statements(desk):
    ada = CustomerFactory(name="Ada")
    url = f"/customers/{ada.pk}/notes/"
    desk.post(url, {"body": "The first fills the caches."})
    with CaptureQueriesContext(connection) as asked:
        assert desk.post(url, {"body": "Likes mornings.", "minutes": "5"}).status_code == 302
    statements = [query["sql"] for query in asked]
    assert len(statements) == 15, "\n".join(statements)
