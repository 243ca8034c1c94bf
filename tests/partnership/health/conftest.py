from collections.abc import Callable

import pytest

from partnership.staff.models import Department, User
from tests.factories import DepartmentFactory
from tests.partnership.health.story import Told, tell


@pytest.fixture
def told(sam: User, key_of: Callable[..., int], told_once: Callable[..., Told]) -> Told:
    sam.department = DepartmentFactory(pk=key_of(Department, "Coaching"), name="Coaching")
    sam.save()
    return told_once("health", lambda: tell(sam))
