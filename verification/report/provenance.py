"""Where and on what a run was made: what an engineer needs to repeat it."""

import platform
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..postgres import driver


def collect(root: Path, command: str) -> dict[str, str]:
    """Return where and how the run was made, name -> value; nothing in it is secret."""
    return {
        "commit": _git(root, "rev-parse", "HEAD") or "not a git checkout",
        "tree": _tree(root),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "system": platform.platform(),
        "processor": _processor(),
        "python": platform.python_version(),
        "django": _version("Django"),
        "driver": f"{driver.NAME} {driver.VERSION}",
        "libpq": _libpq(driver.libpq_version()),
        "openssl": ssl.OPENSSL_VERSION,
        "sqlalchemy": _version("SQLAlchemy"),
        "harness": _version("django-postgres-verification"),
    }


@cache
def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _tree(root: Path) -> str:
    if not _git(root, "rev-parse", "HEAD"):
        return "unknown"
    return "dirty" if _git(root, "status", "--porcelain") else "clean"


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _libpq(number: int) -> str:
    return f"{number // 10000}.{number % 10000}"
