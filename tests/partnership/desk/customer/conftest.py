import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True, params=[True, False], ids=["compiled", "plain"])
def compiled_queries(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Run every test with compiled queries and with their plain fallback."""
    settings.COMPILED_QUERIES = request.param
