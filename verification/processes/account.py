"""The account that a server runs as: PostgreSQL refuses to run as root, so root uses an ordinary account."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from ..errors import CannotRun

CANDIDATES: Final = ("postgres", "nobody")
"""Existing accounts that root may run a server as, in this order (initdb insists on a known one)."""


@dataclass(frozen=True)
class Account:
    """The account that a server runs as; ``switch`` is set where it is not our own."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        directory: Path,
        output: IO[bytes] | int = subprocess.DEVNULL,
        new_session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program as this account, its output and errors in one stream."""
        identity: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        )
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=directory,
            start_new_session=new_session,
            **identity,
        )

    def run(
        self, command: Sequence[str | Path], *, environment: Mapping[str, str], directory: Path = Path("/")
    ) -> tuple[int, str]:
        """Run a program to its end as this account; return its status and output."""
        process = self.popen(command, environment=environment, directory=directory, output=subprocess.PIPE)
        output, _ = process.communicate()
        return process.returncode, output.decode(errors="replace")

    def own(self, path: Path) -> None:
        """Make this account the owner of a file, or of a directory with all that is in it."""
        if not self.switch:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)


def choose() -> Account:
    """Return our own account, or as root the first ordinary one that this machine has."""
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise CannotRun(
                f"embedded: user number {os.geteuid()} has no entry in /etc/passwd, which initdb needs; "
                "add one or use --provider container"
            ) from None
        return Account(name, os.geteuid(), os.getegid(), switch=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise CannotRun(
        f"embedded: PostgreSQL does not run as root and no account of {', '.join(CANDIDATES)} is here; "
        "run as an ordinary user or use --provider container"
    )
