from tests.processes import wait_until
from partnership.celery import app
def test_w(worker):
    r = app.control.inspect([worker], timeout=2).ping()
    assert worker in r
def test_s(stack):
    assert stack.sql("select 1") == [(1,)]
    for name in ("worker", "redis", "web"):
        stack.kill(name)
        assert name == "worker" or not stack.answers(name)
        stack.start(name)
def test_p(signed_in, server, django_user_model):
    user = django_user_model.objects.create_user(email="a@b.example", password="x")
    page = signed_in(user)
    page.goto(server.url + "/")
    assert page.title()
