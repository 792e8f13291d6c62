"""Initialised data directories in a cache of the user, so that only the first server waits for initdb."""

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from ..processes.account import Account
from . import binaries, server_files
from .binaries import Installation
from .server_files import write_private

_RECIPE: Final = 1
"""Increase it when initdb is called differently, so that older templates are not used."""
_LOCALES: Final = ("C.UTF-8", "C")
"""The first that the system has is used; macOS and old systems have no ``C.UTF-8``."""


def cache_directory() -> Path:
    """Return the folder of this user's templates (XDG Base Directory Specification); it is created if it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    root = Path(base) if Path(base).is_absolute() else _home() / ".cache"
    directory = root / "django-postgres-verification"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


def _home() -> Path:
    """Return the home of this user. Raises ``OSError`` for one that is missing or another user's (after ``su``)."""
    home = Path.home()
    if home.stat().st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to another user")
    return home


def provide(installation: Installation, account: Account, data: Path) -> str:
    """Create ``data`` as an initialised data directory of the account; return the superuser's password.

    It is the password of the template: the caller sets another one. Raises ``CannotRun`` if initdb fails.
    """
    template = _template(installation)
    if template is not None and (password := _clone(template, account, data)):
        return password
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    account.own(data)
    password = _initialise(installation, account, data)
    if template is not None:
        _keep(template, data, password)
    return password


def discard(installation: Installation) -> bool:
    """Remove the template of an installation. Return False if there is none."""
    template = _template(installation)
    if template is None or not template.exists():
        return False
    removed = template.with_name(f"{template.name}.{secrets.token_hex(4)}")
    try:
        template.rename(removed)
    except OSError:
        return False
    shutil.rmtree(removed, ignore_errors=True)
    return True


def _template(installation: Installation) -> Path | None:
    """Return the path of the template; None if this user cannot have one (no home directory, a full disk)."""
    try:
        return cache_directory() / f"{installation.key}-{_RECIPE}"
    except (OSError, RuntimeError):
        return None


def _clone(template: Path, account: Account, data: Path) -> str | None:
    try:
        password = str(json.loads((template / "template.json").read_text(encoding="utf-8"))["password"])
        _copy_tree(template / "data", data)
    except (OSError, ValueError, KeyError):  # shutil.Error is an OSError
        return None
    account.own(data)
    return password


def _keep(template: Path, data: Path, password: str) -> None:
    """Copy a data directory into the cache in one step; if another run was faster, its copy is kept."""
    building = template.with_name(f"{template.name}.{secrets.token_hex(4)}")
    try:
        building.mkdir(mode=0o700)
        _copy_tree(data, building / "data")
        write_private(building / "template.json", json.dumps({"password": password}).encode())
        building.rename(template)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy a data directory without file modes: nobody else can enter the folder."""
    target.mkdir(mode=0o700)
    shutil.copytree(source, target, copy_function=shutil.copyfile, dirs_exist_ok=True)
    target.chmod(0o700)


def _initialise(installation: Installation, account: Account, data: Path) -> str:
    password = secrets.token_urlsafe(24)
    password_file = write_private(data.with_name("password"), password.encode())
    account.own(password_file)
    try:
        for locale in _LOCALES:
            command: list[str | Path] = [
                installation.program("initdb"),
                *server_files.initdb_options(installation.major, locale),
                f"--pwfile={password_file}",
                f"--pgdata={data}",
            ]
            status, output = account.run(command, environment=binaries.environment(), directory=data.parent)
            if status == 0:
                return password
            if "invalid locale" not in output:
                break
    finally:
        password_file.unlink()
    raise CannotRun(
        f"initdb of PostgreSQL {installation.version} failed: {binaries.last_line(output)}",
        f"see that {data.parent.parent} has free space and that {account.name} may write there",
    )
