import pytest

from partnership.staff.models import User
from tests.partnership.health.story import Told, tell


@pytest.fixture
def told(sam: User) -> Told:
    return tell(sam)
