"""A changed history marks scores stale in its transaction, and a worker is asked to rescore after commit."""

from collections.abc import Callable
from unittest import mock

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from customers.bulk import tag, untag
from customers.models import Customer
from interactions.imports.history import import_records
from interactions.models import Kind
from partnership.scoring.models import StaleScore
from partnership.scoring.tasks import rescore_stale_task
from tests.strategies import NOON, add_history, entry

pytestmark = pytest.mark.django_db


def test_a_new_customer_has_a_history_from_the_first_day() -> None:
    customer = Customer.objects.create(name="Ada")
    assert StaleScore.objects.get().customer == customer
    customer.name = "Ada Okafor"
    customer.save(update_fields=["name"])
    assert StaleScore.objects.count() == 1


def test_tags_choose_the_rules_so_that_a_changed_tag_is_a_changed_history() -> None:
    told = {"type": "customer", "ref": "crm:ada", "name": "Ada"}
    import_records([told], at=NOON)
    ada, other = Customer.objects.get(), Customer.objects.create(name="Other")

    def stale(change: Callable[[], object]) -> bool:
        StaleScore.objects.all().delete()
        change()
        assert not StaleScore.objects.filter(customer=other).exists()
        return StaleScore.objects.filter(customer=ada).exists()

    mine = Customer.objects.filter(pk=ada.pk)
    assert stale(lambda: tag(mine, tag="evening"))
    assert not stale(lambda: tag(mine, tag="evening"))
    assert stale(lambda: untag(mine, tag="evening"))
    assert not stale(lambda: untag(mine, tag="evening"))
    assert stale(lambda: import_records([{**told, "tags": ["evening"]}], at=NOON))
    assert not stale(lambda: import_records([{**told, "tags": ["evening"], "about": "Tall"}], at=NOON))
    ada.tags = []
    assert stale(ada.save)


def test_a_batch_marks_each_customer_once(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    customer = Customer.objects.create(name="Ada")
    StaleScore.objects.all().delete()
    with mock.patch.object(current_app, "send_task") as request:
        with django_capture_on_commit_callbacks(execute=True):
            add_history(customer, [entry(Kind.WORK_DONE)] * 5)
            request.assert_not_called()
        assert [call.args for call in request.call_args_list] == [(rescore_stale_task.name,)]
    assert StaleScore.objects.get().customer == customer


def test_what_is_rolled_back_is_not_stale() -> None:
    with transaction.atomic():
        Customer.objects.create(name="Ada")
        transaction.set_rollback(True)
    assert not StaleScore.objects.exists()


def test_without_redis_the_history_is_recorded_all_the_same(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    with (
        mock.patch.object(current_app, "send_task", side_effect=OperationalError("gone")),
        django_capture_on_commit_callbacks(execute=True),
    ):
        customer = Customer.objects.create(name="Ada")
    assert StaleScore.objects.get().customer == customer
