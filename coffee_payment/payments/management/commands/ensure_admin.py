"""`manage.py ensure_admin USERNAME EMAIL`: make the first admin, unless there is one of that name."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Leaves an existing user untouched; Django itself takes the password from DJANGO_SUPERUSER_PASSWORD."""

    help = "Create a superuser from DJANGO_SUPERUSER_PASSWORD, unless the user name is taken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the user name and the e-mail address."""
        parser.add_argument("username")
        parser.add_argument("email")

    def handle(self, *_args: Any, username: str, email: str, **_options: Any) -> None:
        """Create the user, or print that it exists."""
        if get_user_model().objects.filter(username=username).exists():
            self.stdout.write(f"Admin {username} exists")
            return
        call_command("createsuperuser", interactive=False, username=username, email=email)
