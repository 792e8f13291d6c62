"""The commands that are measured: whole processes, and one reading in this process."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verification.errors import CannotRun
from verification.postgres.server import Database
from verification.schema import catalog


@dataclass(frozen=True)
class Finished:
    """A process that has ended well."""

    seconds: float
    peak: int
    """Its peak memory in bytes; never less than that of the process which started it (Linux counts so)."""


def diff(left: Database, right: Database) -> Finished:
    """Compare two equal databases on this harness's command line."""
    return _run([sys.executable, "-m", "verification", "diff", left.url, right.url])


def usage() -> Finished:
    """Print the help of this harness's command line."""
    return _run([sys.executable, "-m", "verification", "--help"])


def migra(left: Database, right: Database) -> Finished:
    """Compare them with migra's own command."""
    program = Path(sys.executable).with_name("migra")
    if not program.exists():
        raise CannotRun("bench: migra is not installed; run tox -e bench, or install the group 'peers'")
    return _run([str(program), left.url, right.url])


def two_dumps(left: Database, right: Database) -> float:
    """Return the seconds that ``pg_dump -s`` takes for the one and then for the other."""
    began = time.perf_counter()
    for database in (left, right):
        database.server.run_tool("pg_dump", "--schema-only", database.name)
    return time.perf_counter() - began


def reading(database: Database) -> float:
    """Return the seconds that the catalog reader takes in this process, its connection included."""
    began = time.perf_counter()
    schema = catalog.read(database.url)
    seconds = time.perf_counter() - began
    del schema  # to give the memory back is not part of reading
    return seconds


def _run(command: Sequence[str]) -> Finished:
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        # The command's own words hold no credentials of ours: they go to a server that ends with this run.
        last = output.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise CannotRun(f"bench: {Path(command[0]).name} ended with {process.returncode}: {last[0]}")
    return Finished(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
