"""The list of colleagues and the page of one: roles, disabling, enabling, signing out, handing work over."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnership.staff.models import AuditRecord, Firm, Invitation, User
from partnership.staff.people.actions import hand_over_work
from partnership.staff.people.rules import RefusedError
from tests.factories import ConversationFactory, CustomerFactory, DepartmentFactory, UserFactory, promise
from tests.partnership.conftest import signed_in
from tests.partnership.staff.people.conftest import entered

pytestmark = pytest.mark.django_db


def names(response):
    return [person.user.name for person in response.context["people"]]


def test_the_list(admins, admin, django_assert_max_num_queries):
    law = DepartmentFactory(name="Law")
    UserFactory(name="Bo Manager", role="manager", department=law)
    UserFactory(name="Cy Both").groups.add(*admin.groups.all())
    UserFactory(name="Di Gone", is_active=False)
    UserFactory(name="Ed None").groups.clear()
    Invitation.objects.create(email="fay@ourfirm.example", role="manager", token_hash="x", invited_at=timezone.now(),
                              expires_at=timezone.now(), department=law)  # fmt: skip
    url = reverse("people")
    with django_assert_max_num_queries(9):
        page = admins.get(url)
    assert names(page) == ["Ada Admin", "Bo Manager", "Cy Both", "Ed None"]
    assert [person.role for person in page.context["people"]] == ["Admin", "Manager", "Admin", ""]
    assert [one.email for one in page.context["invitations"]] == ["fay@ourfirm.example"]
    assert "no role" in page.text
    for asked, found in (
        ({"role": "manager"}, ["Bo Manager"]), ({"role": "admin"}, ["Ada Admin", "Cy Both"]), ({"role": "support"}, []),
        ({"state": "disabled"}, ["Di Gone"]), ({"state": "no_role"}, ["Ed None"]), ({"q": "BO man"}, ["Bo Manager"]),
        ({"state": "never"}, ["Bo Manager", "Cy Both", "Ed None"]), ({"department": law.pk}, ["Bo Manager"]),
        ({"state": "all"}, ["Ada Admin", "Bo Manager", "Cy Both", "Di Gone", "Ed None"]), ({"q": "nobody"}, []),
    ):  # fmt: skip
        assert names(admins.get(url, asked)) == found, asked
    assert "No colleagues match" in admins.get(url, {"q": "nobody"}).text


def test_whose_second_factor_is_missing(admins, admin, sam):
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    page = admins.get(reverse("people"))
    told = {person.user: (person.has_factor, person.lacks_factor) for person in page.context["people"]}
    assert told == {admin: (True, False), sam: (False, False)}
    Firm.objects.update(second_factor_roles=["support", "admin"])
    page = admins.get(reverse("people"))
    told = {person.user: (person.has_factor, person.lacks_factor) for person in page.context["people"]}
    assert told == {admin: (True, False), sam: (False, True)}
    assert "second factor missing" in page.text


def test_pages_by_key(admins):
    for number in range(110):
        UserFactory(name=f"Sam {number % 7}")
    url, seen = reverse("people"), []
    while url:
        page = admins.get(url)
        seen += [person.user.pk for person in page.context["people"]]
        url = page.context["next_page"]
    assert sorted(seen) == sorted(User.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(("asked", "status"), [({"after": "x"}, 400), ({"role": "x"}, 422), ({"state": "x"}, 422),
                                               ({"department": "x"}, 422), ({"q": "x" * 300}, 422)])  # fmt: skip
def test_odd_values(admins, asked, status):
    assert admins.get(reverse("people"), asked).status_code == status


def test_role_and_department(admins, admin, sam):
    law = DepartmentFactory(name="Law")
    url = reverse("person_role", args=[sam.pk])
    assert admins.post(url, {"role": "manager", "department": law.pk}).status_code == 302
    sam = User.objects.get(pk=sam.pk)
    assert (sam.role, sam.department, sam.is_staff) == ("manager", law, False)
    admins.post(url, {"role": "admin", "department": ""})
    sam = User.objects.get(pk=sam.pk)
    assert (sam.role, sam.department, sam.is_staff) == ("admin", None, True)
    admins.post(url, {"role": "support"})
    assert User.objects.get(pk=sam.pk).role == "support"
    assert not User.objects.get(pk=sam.pk).is_staff
    assert admins.post(url, {"role": "owner"}).status_code == 422
    assert {line.by for line in AuditRecord.objects.filter(kind="role", facts__has_key="department")} == {admin}


def test_a_superuser_who_is_demoted_has_no_right_left(admins):
    user = UserFactory(admin=True)
    admins.post(reverse("person_role", args=[user.pk]), {"role": "support"})
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff, user.role) == (False, False, "support")


def test_disabling_says_what_it_does_and_asks_why(admins, admin, sam):
    customer = CustomerFactory(owner=sam, name="Olga Owned")
    url = reverse("person_disabling", args=[sam.pk])
    page = admins.get(url).text
    assert "Olga Owned" in page
    assert "Nothing is deleted" in page
    assert admins.post(url, {"reason": ""}).status_code == 422
    desk = signed_in(sam)
    assert desk.get("/customers/").status_code == 200
    assert admins.post(url, {"reason": "Left in March"}).status_code == 302
    sam.refresh_from_db()
    assert not sam.is_active
    assert desk.get("/customers/").status_code == 302
    assert desk.get("/customers/").url.startswith("/accounts/login/")
    line = AuditRecord.objects.filter(kind="disabled").get()
    assert (line.by, line.about, line.facts) == (admin, sam.name, {"reason": "Left in March"})
    page = admins.get(reverse("person", args=[sam.pk])).text
    assert "Left in March" in page
    customer.refresh_from_db()
    assert customer.owner == sam
    admins.post(reverse("person_enabling", args=[sam.pk]))
    sam.refresh_from_db()
    assert sam.is_active
    assert AuditRecord.objects.filter(kind="enabled", by=admin).exists()
    assert desk.get("/customers/").status_code == 302, "a session that was ended stays so"


def test_the_open_work_goes_to_whom_the_admin_names(admins, admin, sam):
    olga = UserFactory(name="Olga Other")
    now = timezone.now()
    customer = CustomerFactory(owner=sam)
    thread = ConversationFactory(customer=customer, assignee=sam)
    closed = ConversationFactory(customer=customer, assignee=sam, status="closed")
    ours = promise(customer, "Send the offer", at=now, due_on=None, by=sam)
    url = reverse("person_disabling", args=[sam.pk])
    assert admins.post(url, {"reason": "Left", "to": olga.pk}).status_code == 302
    for row in (customer, thread, closed, ours):
        row.refresh_from_db()
    assert (customer.owner, thread.assignee, closed.assignee, ours.owner) == (olga, olga, sam, olga)
    line = AuditRecord.objects.filter(kind="handover").get()
    assert line.facts == {"to": "Olga Other", "customers": 1, "conversations": 1, "promises": 1}
    assert "They have no open work" in admins.get(url).text


def test_work_on_a_restricted_customer_stays_with_those_who_may_see_it(admin, sam):
    olga, mara = UserFactory(), UserFactory(role="manager")
    secret = CustomerFactory(owner=mara, restricted=True)
    thread = ConversationFactory(customer=secret, assignee=sam)
    hand_over_work(sam, to=olga, by=admin, at=timezone.now())
    thread.refresh_from_db()
    assert thread.assignee == sam
    hand_over_work(sam, to=mara, by=admin, at=timezone.now())
    thread.refresh_from_db()
    assert thread.assignee == mara


def test_to_whom_no_work_goes(admins, admin, sam):
    CustomerFactory(owner=sam)
    gone, none = UserFactory(is_active=False), UserFactory()
    none.groups.clear()
    for to in (gone, none, sam):
        assert admins.post(reverse("person_handover", args=[sam.pk]), {"to": to.pk}).status_code == 422
        with pytest.raises(RefusedError):
            hand_over_work(sam, to=to, by=admin, at=timezone.now())
    assert Customer.objects.get().owner == sam


def test_signed_out_everywhere(admins, admin, sam):
    phones, others = [signed_in(sam), signed_in(sam)], signed_in(UserFactory())
    admins.post(reverse("person_sign_out", args=[sam.pk]))
    assert [phone.get("/customers/").status_code for phone in phones] == [302, 302]
    assert others.get("/customers/").status_code == 200
    assert admins.get(reverse("people")).status_code == 200
    line = AuditRecord.objects.filter(kind="sessions").get()
    assert (line.by, line.about, line.facts) == (admin, sam.name, {"sessions": 2})


def test_the_own_page_offers_nothing_that_is_refused(admins, admin):
    page = admins.get(reverse("person", args=[admin.pk])).text
    assert "Disable the account…" not in page
    assert 'type="radio"' not in page
    law = DepartmentFactory()
    admins.post(reverse("person_role", args=[admin.pk]), {"role": "admin", "department": law.pk})
    admin.refresh_from_db()
    assert admin.department == law


@pytest.mark.parametrize("name", ["person_role", "person_disabling", "person_enabling", "person_sign_out",
                                  "person_handover"])  # fmt: skip
def test_the_admins_password_is_asked_again(admin, sam, name):
    client = signed_in(admin)
    response = client.post(reverse(name, args=[sam.pk]), {"role": "admin", "reason": "x", "to": admin.pk})
    assert response.status_code == 302
    assert response.url.startswith("/accounts/reauthenticate/")
    sam = User.objects.get(pk=sam.pk)
    assert (sam.is_active, sam.role) == (True, "support")


def test_after_the_password_what_was_asked_is_done(admin, sam):
    client = signed_in(admin)
    asked = client.post(reverse("person_role", args=[sam.pk]), {"role": "manager"})
    done = client.post(asked.url, {"password": "two-sides-make-a-promise"})
    assert done.status_code == 302
    assert User.objects.get(pk=sam.pk).role == "manager"
    assert entered(admin).get(reverse("person", args=[sam.pk])).status_code == 200
