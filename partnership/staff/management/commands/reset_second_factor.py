from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from partnership.staff.sign_in import find_user
from partnership.staff.sign_in.second_factors.resetting import reset_second_factor


class Command(BaseCommand):
    help = "Reset the lost second factor of a colleague: for when no other administrator can do it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that they sign in with")

    def handle(self, *, email: str, **_: object) -> None:
        user = find_user(email)
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        if not reset_second_factor(user=user, by=None):
            raise CommandError(f"{user.name} has no second factor.")
        self.stdout.write(f"{user.name} signs in with their password alone, until they set up a new second factor.")
