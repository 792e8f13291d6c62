"""What the project's system checks must say, case by case: edges included.

One case a line: what is otherwise than in the good configuration (``verify-full`` with good files), and the level that
a message about it must have; None: there must be none. Source: what libpq does, see ``cases``, and the rule that a
key's file is private to its owner (permissions 600).
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .cases import MISSING


@dataclass(frozen=True)
class SystemCheckCase:
    """One line of the table."""

    what: str
    changes: Mapping[str, str]
    """libpq's keyword -> mode, or name of a client file."""
    level: int | None

    def word(self, changes: Mapping[str, str]) -> str:
        """Return what a message must name: the changed file, else the mode. ``changes`` hold whole paths."""
        return next((value for key, value in changes.items() if key != "sslmode"), "") or changes["sslmode"]

    def names(self, changes: Mapping[str, str], text: str) -> bool:
        """Whether a message is about this case."""
        return self.word(changes) in text


_WARNING: Final = logging.WARNING
# fmt: off
CASES: Final = (
    # Modes: below require traffic may go in clear.
    SystemCheckCase("mode disable", {"sslmode": "disable"}, _WARNING),
    SystemCheckCase("mode allow", {"sslmode": "allow"}, _WARNING),
    SystemCheckCase("mode prefer", {"sslmode": "prefer"}, _WARNING),
    SystemCheckCase("mode require", {"sslmode": "require"}, None),
    SystemCheckCase("mode verify-ca", {"sslmode": "verify-ca"}, None),
    SystemCheckCase("mode verify-full", {"sslmode": "verify-full"}, None),
    # A missing root: libpq goes on without it in these modes.
    SystemCheckCase("require, root missing", {"sslmode": "require", "sslrootcert": MISSING}, logging.ERROR),
    SystemCheckCase("prefer, root missing", {"sslmode": "prefer", "sslrootcert": MISSING}, logging.ERROR),
    SystemCheckCase("allow, root missing", {"sslmode": "allow", "sslrootcert": MISSING}, logging.ERROR),
    # The ends of certificates, of the client's and of the root.
    SystemCheckCase("certificate that has expired", {"sslcert": "expired.crt"}, _WARNING),
    SystemCheckCase("certificate that ends in 1 day", {"sslcert": "ending.crt"}, _WARNING),
    SystemCheckCase("certificate that ends in 20 days", {"sslcert": "soon.crt"}, _WARNING),
    SystemCheckCase("certificate that ends in 300 days", {"sslcert": "lasting.crt"}, None),
    SystemCheckCase("root that has expired", {"sslrootcert": "expired-root.crt"}, _WARNING),
    SystemCheckCase("root that ends in 20 days", {"sslrootcert": "soon-root.crt"}, _WARNING),
    SystemCheckCase("root that ends in 300 days", {"sslrootcert": "lasting-root.crt"}, None),
    SystemCheckCase("two roots, the second ends in 20 days", {"sslrootcert": "two-roots.crt"}, _WARNING),
    SystemCheckCase("root without a certificate in it", {"sslrootcert": "empty.crt"}, _WARNING),
    # Permissions of the key.
    SystemCheckCase("key with mode 0600", {"sslkey": "key-600"}, None),
    SystemCheckCase("key with mode 0400", {"sslkey": "key-400"}, None),
    SystemCheckCase("key with mode 0640", {"sslkey": "key-640"}, _WARNING),
    SystemCheckCase("key with mode 0604", {"sslkey": "key-604"}, _WARNING),
    SystemCheckCase("key with mode 0644", {"sslkey": "key-644"}, _WARNING),
    SystemCheckCase("key with mode 0620", {"sslkey": "key-620"}, _WARNING),
    SystemCheckCase("key with mode 0601", {"sslkey": "key-601"}, _WARNING),
    SystemCheckCase("key with mode 0640 of another user", {"sslkey": "key-640-other"}, _WARNING),
    SystemCheckCase("link to a key with mode 0644", {"sslkey": "link-644"}, _WARNING),
    SystemCheckCase("link to a key with mode 0600", {"sslkey": "link-600"}, None),
)
# fmt: on
KEY_MODES: Final = (0o600, 0o400, 0o640, 0o604, 0o644, 0o620, 0o601)
LINKED_MODES: Final = (0o644, 0o600)


def combined(cases: Sequence[SystemCheckCase]) -> list[list[SystemCheckCase]]:
    """Return groups of cases that one run can try: no two of a group change the same keyword."""
    groups: list[list[SystemCheckCase]] = []
    for case in cases:
        for group in groups:
            if not any(case.changes.keys() & other.changes.keys() for other in group):
                group.append(case)
                break
        else:
            groups.append([case])
    return groups
