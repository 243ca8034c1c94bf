"""When a customer renews, and for how much: entered by hand, and told among the facts of their page."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from customers.models import Customer
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, firm_today, happens

pytestmark = pytest.mark.django_db


def facts(desk: Client, customer: Customer) -> str:
    page = desk.get(customer.get_absolute_url()).content.decode()
    return " ".join(unescape(page.partition('id="customer-facts"')[2].partition("</ul>")[0]).split())


def told(day: object) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def test_it_is_entered_among_the_details_and_shown(desk: Client) -> None:
    ada, day = CustomerFactory(), firm_today() + timedelta(days=99)
    url = f"/customers/{ada.pk}/details/"
    assert "Renewal amount, in EUR" in desk.get(url).content.decode()
    given = {"name": "Ada", "kind": "person", "lifecycle": "active", "renews_on": day, "renewal_amount": "1,200"}
    assert desk.post(url, given).status_code == 302
    assert f"renews on {told(day)}, 1,200 EUR" in facts(desk, ada)
    assert desk.post(url, {**given, "renewal_amount": "99.50"}).status_code == 302
    assert f"renews on {told(day)}, 99.50 EUR" in facts(desk, ada)
    assert desk.post(url, {**given, "renewal_amount": ""}).status_code == 302
    assert f"renews on {told(day)} </li>" in facts(desk, ada)
    assert desk.post(url, {**given, "renewal_amount": "", "renews_on": ""}).status_code == 302
    assert "renew" not in facts(desk, ada)


def test_a_day_that_passed_is_said_until_the_renewal_is_decided(desk: Client) -> None:
    today = firm_today()
    day = today - timedelta(days=1)
    ada = CustomerFactory(renews_on=day, renewal_amount=800)
    assert f"renewal was due on {told(day)}, 800 EUR" in facts(desk, ada)
    happens(ada, "renewal", at=timezone.now(), channel="billing")
    assert f"renewed on {told(today)}, due {told(day)}:" in facts(desk, ada)
    assert f'href="/customers/{ada.pk}/details/#id_renews_on"' in facts(desk, ada)
    ada.refresh_from_db()
    assert ada.renews_on == day


def test_a_cancellation_is_said(desk: Client) -> None:
    today = firm_today()
    ada = CustomerFactory(renews_on=today + timedelta(days=3))
    happens(ada, "cancellation", at=timezone.now())
    assert f"cancelled on {told(today)}, renewal due {told(ada.renews_on)}" in facts(desk, ada)


def test_a_german_comma_is_understood(desk: Client) -> None:
    Firm.objects.update(language="de")
    ada = CustomerFactory(renews_on=firm_today(), renewal_amount="1200.50")
    url = f"/customers/{ada.pk}/details/"
    assert 'value="1200,50"' in desk.get(url).content.decode().replace("1.200,50", "1200,50")
    given = {"name": "Ada", "kind": "person", "lifecycle": "active", "renews_on": ada.renews_on}
    assert desk.post(url, {**given, "renewal_amount": "1.300,25"}).status_code == 302
    ada.refresh_from_db()
    assert f"{ada.renewal_amount}" == "1300.25"
