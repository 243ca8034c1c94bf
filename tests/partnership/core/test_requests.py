"""What views share."""

from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.http.request import HttpRequest

from customers.models import Customer
from partnership.core.requests import accepts_form, held, posted, render_page
from tests.factories import CustomerFactory


@pytest.mark.parametrize(
    ("method", "status"), [("get", 200), ("head", 200), ("post", 200), ("put", 405), ("delete", 405)]
)
def test_a_form_is_shown_and_sent(rf, method, status):
    @accepts_form
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert view(getattr(rf, method)("/")).status_code == status


def test_a_form_is_bound_once_it_is_sent(rf):
    assert posted(rf.get("/")) is None
    assert posted(rf.post("/")) is not None, "also when nothing was filled in"
    assert posted(rf.post("/", {"a": "1"}))["a"] == "1"


@dataclass(frozen=True)
class Greeting:
    names: list[str]


def test_a_page_is_its_contexts_attributes(rf, settings, tmp_path):
    (tmp_path / "hello.html").write_text("{% for name in names %}{{ name }},{% endfor %}")
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}]
    response = render_page(rf.get("/"), "hello.html", Greeting(["Ada", "<b>"]), status=422)
    assert (response.status_code, response.content) == (422, b"Ada,&lt;b&gt;,")


@pytest.mark.django_db
def test_a_record_is_read_anew_and_locked_where_it_is_changed(rf, django_assert_num_queries):
    ada = CustomerFactory(name="Ada")
    Customer.objects.update(name="Ada Lovelace")
    with django_assert_num_queries(0):
        assert held(rf.get("/"), ada) is ada
        assert held(rf.post("/"), new := Customer()) is new
    with django_assert_num_queries(1) as queries:
        assert held(rf.post("/"), ada).name == "Ada Lovelace"
    assert "FOR NO KEY UPDATE" in queries[0]["sql"]
