"""A dump of pg_dump (plain, custom or directory format): what its header says, and its restoration."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from ..errors import CannotRun
from ..postgres.server import Database, Server, identifier
from .error_text import without_values

ARCHIVE: Final = b"PGDMP"
TABLE_OF_CONTENTS: Final = "toc.dat"
"""The file of a dump in directory format that has the header."""
PLAIN: Final = b"-- PostgreSQL database dump\n"
COMPLETE: Final = b"-- PostgreSQL database dump complete"
_FROM: Final = re.compile(rb"^-- Dumped from database version (\d+)(\S*)", re.MULTILINE)
_PART_BYTES: Final = 4096
"""Of the beginning and the end, what is read."""
_ROLES: Final = re.compile(
    rb'^(?:ALTER .* OWNER TO|GRANT .* TO|REVOKE .* FROM|ALTER DEFAULT PRIVILEGES FOR ROLE) ("[^"]+"|\w+)'
)
_BOUND_TO: Final = (b"\\connect ", b"CREATE DATABASE ")


@dataclass(frozen=True)
class Dump:
    """One dump."""

    path: Path
    archive: bool
    """Whether pg_restore reads it (custom and directory formats), or psql."""
    version: str
    """Of the server that it comes from, such as "16.4"."""

    @property
    def major(self) -> int:
        """Return the major version of that server."""
        return int(re.split(r"\D", self.version)[0])


def read(path: Path) -> Dump:
    """Read what a dump says of itself. Raises ``CannotRun`` for anything that is no whole dump of one database."""
    contents = path / TABLE_OF_CONTENTS if path.is_dir() else path
    try:
        with contents.open("rb") as file:
            head = file.read(_PART_BYTES)
            if head.startswith(ARCHIVE):
                return Dump(path, True, _archive_version(path, head))
            found = _FROM.search(head)
            if PLAIN not in head or found is None:
                raise CannotRun(
                    f"--dump {path}: this is no dump of pg_dump",
                    "take one of one database in plain, custom or directory format",
                )
            _require_whole(path, file)
    except OSError as error:
        raise CannotRun(f"--dump {path}: cannot be read ({error.strerror})", "name another file") from None
    return Dump(path, False, b"".join(found.groups()).decode())


def restore(dump: Dump, server: Server, database: str) -> None:
    """Restore it into an empty database: without owners and privileges, as far as its format allows.

    Raises ``CannotRun`` with the first error; the values of rows are not in it.
    """
    if dump.archive:
        tool = ("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2")
    else:
        _create_roles(dump.path, server)
        tool = ("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse")
    try:
        with server.file_for_tools(dump.path) as path:
            server.run_tool(*tool, f"--dbname={database}", path if dump.archive else f"--file={path}")
    except CannotRun as error:
        reason = without_values(error.reason)
        raise CannotRun(f"--dump {dump.path}: {reason}", _advice(reason)) from None


def _advice(reason: str) -> str:
    if "extension" in reason:
        return "use --provider container or existing, with a server that has the extension"
    if "role" in reason and "does not exist" in reason:
        return "dump with --no-owner --no-privileges"
    return "make the dump anew"


def _require_whole(path: Path, file: BinaryIO) -> None:
    """Refuse a plain dump that was cut off: psql takes the end of the file for the end of the rows."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _PART_BYTES))
    if COMPLETE not in file.read():
        raise CannotRun(f"--dump {path}: it is cut off, the last line of pg_dump is missing", "make it anew")


def _create_roles(path: Path, server: Server) -> None:
    """Create the roles that a plain dump names, on a server that goes when the run ends."""
    roles = set()
    with path.open("rb") as file:
        for line in file:
            if line.startswith(_BOUND_TO):
                raise CannotRun(
                    f"--dump {path}: it names the database that it goes to", "dump without --create"
                )
            if found := _ROLES.match(line):
                roles.add(found[1].decode().strip('"'))
    if not server.can_stop:
        return
    maintenance = Database(server, "postgres")
    known = {row[0] for row in maintenance.execute("SELECT rolname FROM pg_roles")} | {"PUBLIC"}
    for role in sorted(roles - known):
        maintenance.execute(f"CREATE ROLE {identifier(role)}")


def _archive_version(path: Path, head: bytes) -> str:
    """Return the version that an archive's header names (pg_backup_archiver.c: ReadHead)."""
    try:
        return _Header(head).server_version()
    except (IndexError, ValueError):
        raise CannotRun(f"--dump {path}: its header cannot be read", "make the dump anew") from None


class _Header:
    """Reads the header of an archive from its first bytes."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.place = len(ARCHIVE)
        self.version = (self._byte(), self._byte())
        self._byte()  # revision
        self.integer_size = self._byte()

    def server_version(self) -> str:
        self._byte()  # size of an offset
        self._byte()  # format
        if self.version >= (1, 15):
            self._byte()  # compression, by name; a number before
        else:
            self._integer()
        for _ in range(7):  # the time of the dump
            self._integer()
        self._text()  # the name of the database
        return self._text().split()[0]

    def _byte(self) -> int:
        self.place += 1
        return self.head[self.place - 1]

    def _integer(self) -> int:
        sign = self._byte()
        value = sum(self._byte() << (8 * place) for place in range(self.integer_size))
        return -value if sign else value

    def _text(self) -> str:
        length = max(0, self._integer())
        if self.place + length > len(self.head):
            raise ValueError
        self.place += length
        return self.head[self.place - length : self.place].decode()


def parse(texts: list[str]) -> dict[str, Dump]:
    """Read the values of ``--dump``: a file, of the alias ``default``, or ``ALIAS=FILE``. Raises ``CannotRun``."""
    found: dict[str, Any] = {}
    for text in texts:
        alias, equals, path = text.partition("=")
        if not equals or Path(text).exists():
            alias, path = "default", text
        found[alias] = read(Path(path))
    return found
