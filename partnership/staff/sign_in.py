from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):
    """Accounts are made by an admin, or on the first run; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
