"""Pages travel compressed, whatever stands in front of the web server; files go as they are."""

import gzip

import pytest

from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_a_page_is_compressed_for_who_can_read_that(desk):
    packed = desk.get("/customers/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "<h1>Customers</h1>" in gzip.decompress(packed.content).decode()
    assert "Content-Encoding" not in desk.get("/customers/")


def test_a_file_is_not(desk):
    CustomerFactory.create_batch(30)
    table = desk.post("/customers/bulk/export/", {"everyone": "1"}, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in table
