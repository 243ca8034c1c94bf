"""Whose session ended loses nothing that was typed."""

import pytest

pytestmark = pytest.mark.django_db


def test_htmx_is_told_and_gets_no_page_to_put_in(client):
    for answer in (
        client.post("/customers/1/notes/", {"body": "x"}, headers={"HX-Request": "true"}),
        client.get("/notifications/unread/", headers={"HX-Request": "true"}),
    ):
        assert answer.status_code == 401
        assert not answer.content


def test_a_form_is_shown_to_be_sent_again(client):
    typed = {"name": "Ada <b>", "person": ["1", "2"], "body": "\nfirst\nlast", "password1": "hush"}
    answer = client.post("/customers/new/?back=1", typed)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "You have been signed out" in page
    assert 'action="/customers/new/?back=1"' in page
    assert "Ada &lt;b&gt;" in page
    assert page.count('<textarea name="person"') == 2
    assert "hush" not in page


def test_a_page_leads_to_the_sign_in(client):
    assert client.get("/customers/").url == "/accounts/login/?next=/customers/"
