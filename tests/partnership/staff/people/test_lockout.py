"""Each way to lock oneself or the firm out, refused: on the page, in the admin site, in the ORM, at the same moment."""

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from django.urls import reverse

from interactions.imports.importers.staff import StaffImporter
from interactions.models import Interaction
from partnership.staff.models import ADMIN, User
from partnership.staff.people.actions import change_role, disable
from partnership.staff.people.rules import RefusedError
from tests.factories import CustomerFactory, DepartmentFactory, UserFactory, happens
from tests.partnership.conftest import signed_in
from tests.partnership.staff.people.conftest import entered

pytestmark = pytest.mark.django_db


def is_able(user):
    now = User.objects.get(pk=user.pk)
    return now.is_active and now.is_admin


@pytest.mark.parametrize(("name", "fields"), [
    ("person_role", {"role": "support"}), ("person_role", {"role": "manager"}),
    ("person_disabling", {"reason": "Oops"}),
])  # fmt: skip
def test_nobody_locks_themselves_out_on_the_page(admins, admin, name, fields):
    UserFactory(role="admin")
    page = admins.post(reverse(name, args=[admin.pk]), fields, follow=True)
    assert "yourself" in page.text
    assert is_able(admin)


def test_the_admin_site_changes_no_rights(admins, admin):
    admins = entered(UserFactory(admin=True))
    admin.refresh_from_db()
    url = reverse("admin:staff_user_change", args=[admin.pk])
    assert admins.post(url, {"name": "Ada", "email": admin.email, "signature": ""}).status_code == 302
    admin.refresh_from_db()
    assert admin.name == "Ada"
    assert is_able(admin)
    page = admins.get(url).text
    assert 'name="groups"' not in page
    assert 'name="is_active"' not in page


def test_nobody_takes_their_own_password_away(admin):
    superuser = UserFactory(admin=True)
    admins = entered(superuser)
    url = reverse("admin:auth_user_password_change", args=[superuser.pk])
    assert 'name="usable_password"' not in admins.get(url).text
    admins.post(url, {"usable_password": "false", "password1": "", "password2": ""})
    superuser.refresh_from_db()
    assert superuser.has_usable_password()


LOSSES = {
    "save": lambda user: [setattr(user, "is_active", False), user.save()],
    "update": lambda user: User.objects.update(is_active=False),
    "clear": lambda user: user.groups.clear(),
    "remove": lambda user: user.groups.remove(Group.objects.get(name=ADMIN)),
    "set": lambda user: user.groups.set(Group.objects.filter(name="manager")),
    "other side": lambda user: Group.objects.get(name=ADMIN).user_set.clear(),
    "table": lambda user: User.groups.through.objects.filter(user=user).delete(),
    "moved": lambda user: User.groups.through.objects.update(group=Group.objects.get(name="support")),
    "group": lambda user: Group.objects.get(name=ADMIN).delete(),
    "import": lambda user: StaffImporter.give_roles(None, {user.pk: ["support"]}),
    "statement": lambda user: connection.cursor().execute("UPDATE staff_user SET is_active = false"),
}


@pytest.mark.parametrize("how", LOSSES)
def test_the_last_admin_stays(admin, sam, how):
    UserFactory(role="admin", is_active=False)
    without = UserFactory(role="admin")  # who never chose a password
    User.objects.filter(pk=without.pk).update(password="!")
    with pytest.raises(IntegrityError, match="no admin who can sign in"), transaction.atomic():
        LOSSES[how](User.objects.get(pk=admin.pk))
    assert is_able(admin)


def test_a_superuser_is_the_last_admin_too(firm):
    superuser = UserFactory(admin=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(is_superuser=False)
    superuser.set_unusable_password()
    with pytest.raises(IntegrityError), transaction.atomic():
        superuser.save()
    superuser.refresh_from_db()
    superuser.groups.clear()
    assert is_able(superuser)


def test_of_two_admins_one_may_go(admin, sam):
    other = UserFactory(role="admin")
    disable(other, reason="Left", by=admin)
    assert not is_able(other)
    User.objects.filter(pk=sam.pk).update(is_active=False)
    with pytest.raises(RefusedError, match="disable yourself"):
        disable(admin, reason="Left", by=admin)


def test_whoever_is_no_admin_any_more_is_refused(admin, sam):
    other = UserFactory(role="admin")
    change_role(other, role="support", department=None, by=admin)
    for act in (lambda: change_role(sam, role="admin", department=None, by=other),
                lambda: disable(admin, reason="Revenge", by=other)):  # fmt: skip
        with pytest.raises(RefusedError, match="no longer an admin"):
            act()
    assert is_able(admin)


def demote(person, by):
    change_role(person, role="support", department=None, by=by)


def leave(person, by):
    disable(person, reason="Left", by=by)


def by_statement(person, by):
    User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize(("one", "other"), [(demote, demote), (leave, leave), (demote, leave),
                                            (by_statement, by_statement), (by_statement, demote)])  # fmt: skip
def test_two_admins_take_each_others_rights_at_once(transactional_db, at_once, admin, one, other):
    boss = UserFactory(role="admin", name="Boss")

    def attempt(act, person, by):
        try:
            with transaction.atomic():
                act(person, by)
        except (RefusedError, IntegrityError) as error:
            return error
        return None

    answers = at_once(lambda: attempt(one, boss, admin), lambda: attempt(other, admin, boss))
    assert [is_able(admin), is_able(boss)].count(True) == 1
    assert sum(answer is not None for answer in answers) == 1


DELETIONS = {
    "delete": lambda user: user.delete(),
    "queryset": lambda user: User.objects.filter(pk=user.pk).delete(),
    "all": lambda user: User.objects.all().delete(),
    "related": lambda user: user.groups.first().user_set.all().delete(),
    "raw": lambda user: User.objects.filter(pk=user.pk)._raw_delete("default"),
    "statement": lambda user: connection.cursor().execute("DELETE FROM staff_user WHERE id = %s", [user.pk]),
}


@pytest.mark.parametrize("how", DELETIONS)
def test_a_colleague_is_not_deleted(admin, sam, how):
    wrote = happens(CustomerFactory(), "note", at=sam.joined_at, by=sam, direction="internal", body="A note")
    with pytest.raises((ProtectedError, DatabaseError), match="disable them instead"), transaction.atomic():
        DELETIONS[how](sam)
    assert Interaction.objects.get(pk=wrote.pk).author == sam


def test_the_admin_site_deletes_nobody(sam):
    admins = entered(UserFactory(admin=True))
    url = reverse("admin:staff_user_delete", args=[sam.pk])
    for response in (admins.get(url, follow=True), admins.post(url, {"post": "yes"}, follow=True)):
        assert "disable them instead" in response.text
        assert response.redirect_chain[-1][0] == reverse("person", args=[sam.pk])
    actions = {"action": "delete_selected", "_selected_action": [sam.pk], "post": "yes"}
    admins.post(reverse("admin:staff_user_changelist"), actions)
    assert User.objects.filter(pk=sam.pk).exists()
    assert signed_in(sam).get(url, follow=True).status_code == 403


def test_a_department_may_go_without_its_people(sam):
    law = DepartmentFactory()
    User.objects.filter(pk=sam.pk).update(department=law)
    law.delete()
    assert User.objects.get(pk=sam.pk).department is None
