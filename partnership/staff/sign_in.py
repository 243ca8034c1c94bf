from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.http import HttpRequest

from partnership.staff.models import User


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Disable sign-up: an administrator or the first run creates accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class RolesBackend(AuthenticationBackend):  # type: ignore[misc]
    """Load the signed-in user together with their roles, in one query."""

    def get_user(self, user_id: int) -> User | None:
        names = ArrayAgg("groups__name", filter=Q(groups__isnull=False), default=[])
        user: User | None = User.objects.annotate(role_names=names).order_by().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
