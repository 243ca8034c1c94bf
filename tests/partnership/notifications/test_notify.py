"""Told once each, not whoever did it, and nobody who may not see the customer."""

import pytest
from django.utils import timezone

from interactions.models import Kind
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify, notify_mentions
from partnership.staff.models import Preferences
from tests.factories import CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada Okafor")


def tell(users, customer, **more):
    given = {"kind": "mention", "key": "mention/1", "at": timezone.now(), **more}
    return notify(users=users, customer=customer, **given)


def told():
    return {news.user for news in Notification.objects.all()}


def test_told_once_under_a_key(ada, sam, manager):
    assert tell([sam, sam], ada) == 1
    assert tell([sam, manager], ada) == 1
    assert told() == {sam, manager}
    assert tell([sam], ada, key="mention/2") == 1


def test_neither_who_did_it_nor_who_has_left(ada, sam, manager):
    assert tell([sam, manager, UserFactory(is_active=False)], ada, by=sam) == 1
    assert told() == {manager}


def test_of_a_restricted_customer_its_owner_and_managers_alone(ada, sam, manager):
    owner = UserFactory()
    ada.restricted, ada.owner = True, owner
    ada.save()
    tell([sam, manager, owner], ada)
    assert told() == {manager, owner}


def test_not_of_what_they_do_not_want_to_hear(ada, sam, manager):
    Preferences.objects.create(user=sam, notify={"mention": "none", "handover": "inbox"})
    tell([sam, manager], ada)
    assert told() == {manager}
    assert tell([sam], ada, kind="handover", key="handover/1") == 1


def test_its_number_of_queries_does_not_grow(ada, sam, django_assert_max_num_queries):
    users = [UserFactory() for _ in range(20)]
    with django_assert_max_num_queries(3):
        assert tell(users, ada, by=sam) == 20


def test_whom_a_text_names(ada, sam, manager):
    row = happens(ada, Kind.NOTE, at=timezone.now(), body="@Mara Lind, see above. @Sam Rivera", by=sam)
    assert notify_mentions(row, by=sam, at=timezone.now()) == 1
    assert notify_mentions(row, by=sam, at=timezone.now()) == 0
    news = Notification.objects.get()
    assert (news.user, news.kind, news.by, news.interaction, news.customer) == (manager, "mention", sam, row, ada)
    assert news.text.startswith("@Mara Lind, see above.")
