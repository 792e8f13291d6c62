"""Released versions of other people's apps, each judged with the release before it as the base."""

import venv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from .history import Write, copied, run

SETTINGS: Final = """
SECRET_KEY = "of a judged release"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SITE_ID = 1
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites", {apps}]
MIDDLEWARE = {middleware}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "third_party"}}}}
"""


@dataclass(frozen=True)
class Package:
    """One package and the releases that are judged, the first as the base of the second."""

    name: str
    folder: str
    """Its import package."""
    versions: Sequence[str]
    apps: Sequence[str]
    extra: str = ""
    middleware: Sequence[str] = ()
    older: Sequence[str] = ()
    """What only the older releases need."""

    def environment(self, directory: Path) -> Path:
        """Install the last release with its dependencies, and return the interpreter; the repository goes before it."""
        venv.create(directory, with_pip=True)
        python = directory / "bin" / "python"
        pip = (python, "-m", "pip", "--quiet")
        wanted = f"{self.name}{self.extra}=={self.versions[-1]}"
        run(*pip, "install", "Django~=5.2.0", "psycopg2-binary", *self.older, wanted)
        return python

    def releases(self, python: Path, directory: Path) -> list[tuple[str, Write]]:
        """Download the releases, and return how each is written into a repository."""
        found: list[tuple[str, Write]] = []
        for version in self.versions:
            target = directory / version
            run(
                *(python, "-m", "pip", "--quiet", "install", "--no-deps", "--target", target),
                f"{self.name}=={version}",
            )
            found.append((version, partial(self._write, source=target / self.folder)))
        return found

    def _write(self, folder: Path, source: Path) -> None:
        copied(source, folder / self.folder)
        apps = ", ".join(f'"{each}"' for each in self.apps)
        text = SETTINGS.format(apps=apps, middleware=[*self.middleware])
        (folder / "settings.py").write_text(text, encoding="utf-8")


PACKAGES: Final = (
    Package(
        "django-oauth-toolkit",
        "oauth2_provider",
        ("1.7.1", "2.4.0", "3.0.1", "3.4.1"),
        ("oauth2_provider",),
    ),
    Package(
        "django-allauth",
        "allauth",
        ("0.54.0", "0.61.1", "65.22.1"),
        ("allauth", "allauth.account", "allauth.socialaccount"),
        "[socialaccount]",
        ("allauth.account.middleware.AccountMiddleware",),
    ),
    Package(
        "django-celery-beat",
        "django_celery_beat",
        ("2.0.0", "2.2.1", "2.4.0", "2.5.0", "2.9.0"),
        ("django_celery_beat",),
        older=("pytz",),
    ),
)
