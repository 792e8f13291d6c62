"""entrypoint.sh as a container runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

ENTRYPOINT = Path(__file__).resolve().parents[2] / "entrypoint.sh"
SHOW = [sys.executable, "-c", "import sys; print(sys.argv[1:])"]


def enter(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run entrypoint.sh with the tests' interpreter first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(ENTRYPOINT), *arguments],
        env={"SECRET_KEY": "a-key-for-tests", **variables, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes"])
def test_the_arguments_are_passed_on_as_they_are(word: str) -> None:
    """Blanks and empty arguments included; with SKIP_MIGRATIONS no database is needed."""
    process = enter(*SHOW, "a b", "", "$HOME", SKIP_MIGRATIONS=word)

    assert (process.returncode, process.stdout) == (0, "['a b', '', '$HOME']\n")


def test_the_exit_status_is_that_of_the_command() -> None:
    """The command replaces the shell."""
    assert enter(sys.executable, "-c", "raise SystemExit(7)", SKIP_MIGRATIONS="true").returncode == 7


def test_an_unknown_mode_is_refused() -> None:
    """The message is one line."""
    process = enter(SKIP_MIGRATIONS="true", RUN_MODE="prod")

    assert process.returncode == 2
    assert process.stderr == "RUN_MODE must be production or development, not 'prod'\n"


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_migrates_and_makes_the_first_admin_once() -> None:
    """A second start with the same variables is no error."""
    database = connections["default"].settings_dict
    variables = {f"DB_{key}": str(database[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} | {
        "CREDENTIALS_ENCRYPTION_KEY": os.environ["CREDENTIALS_ENCRYPTION_KEY"],
        "DJANGO_SUPERUSER_USERNAME": "root",
        "DJANGO_SUPERUSER_EMAIL": "root@example.com",
        "DJANGO_SUPERUSER_PASSWORD": "first-password",
    }

    for _ in range(2):
        process = enter(*SHOW, **variables)
        assert process.returncode == 0, process.stderr
        assert "No migrations to apply" in process.stderr
        assert process.stdout == "[]\n"

    assert get_user_model().objects.get().check_password("first-password")
