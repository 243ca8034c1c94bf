"""A lost second factor: an administrator, or whoever runs the server, lets a colleague set up a new one."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from partnership.staff.models import User
from partnership.staff.sign_in.records import record_factor_change
from partnership.staff.sign_in.sessions.listing import end_sessions


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None) -> bool:
    """Forget all second factors of the user, end their sessions, and tell them. Return whether they had a factor.

    `by` is None on the command line.
    """
    _count, deleted = Authenticator.objects.filter(user=user).delete()
    if not deleted:
        return False
    end_sessions(user)
    record_factor_change("second_factor_reset", by=by, about=user)
    return True
