"""Two objects of one table that changed places: each has the definition that the other has on the other side."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from operator import attrgetter
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object
from .options import Options
from .rename_detection import changed_attributes
from .renames import Pair, Rename, Renames

KINDS: Final = frozenset({"column", "index", "constraint"})


@dataclass(frozen=True)
class Exchange(Rename):
    """``old`` has the name ``new`` on the right, and ``new`` the name ``old``."""

    @property
    def attribute(self) -> str:
        """The attribute that differs."""
        return "names"

    @property
    def values(self) -> tuple[str, str]:
        """Both names in the order of their definitions, on the left and on the right."""
        return f"{self.old_name}, {self.new_name}", f"{self.new_name}, {self.old_name}"

    @property
    def identities(self) -> Mapping[Identity, Identity]:
        """Old identity -> new identity of both."""
        return {self.old: self.new, self.new: self.old}

    @cached_property
    def _either(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$"])({re.escape(str(self.old))}|{re.escape(str(self.new))})(?![\w$"])')

    @cached_property
    def _either_bare(self) -> re.Pattern[str]:
        names = f"{re.escape(self.old_name)}|{re.escape(self.new_name)}"
        return re.compile(rf"""(?<![\w$"'])({names})(?![\w$"'(])""")

    def names(self, text: str) -> str:
        """Return a text of qualified names with both names exchanged."""
        old, new = str(self.old), str(self.new)
        return self._either.sub(lambda found: new if found[1] == old else old, text)

    def text(self, text: str, *, within: bool) -> str:
        """Return a text as PostgreSQL prints it after the exchange."""
        if not within:
            return text if self.kind == "column" else self.names(text)
        return self._either_bare.sub(
            lambda found: self.new_name if found[1] == self.old_name else self.old_name, text
        )


def find_exchanges(pair: Pair, options: Options) -> Pair:
    """Return the pair with the exchanges applied, until none is left: indexes of exchanged columns change too."""
    while found := tuple(_exchanges(pair, options)):
        pair = pair.after(found)
    return pair


def _exchanges(pair: Pair, options: Options) -> Iterator[Exchange]:
    def changed(renames: Renames, left: Object, right: Object) -> bool:
        return left != right and bool(changed_attributes(left, right, renames, options))

    taken = {
        key for rename in pair.renames.applied if isinstance(rename, Exchange) for key in rename.identities
    }
    tables: dict[tuple[str, Identity], list[Object]] = {}
    for key, entry in pair.left.items():
        other = pair.right.get(key)
        if key.kind in KINDS and other and entry.parents and changed(pair.renames, entry, other):
            tables.setdefault((key.kind, entry.parents[0]), []).append(entry)
    for (_, table), entries in tables.items():
        for one, other in combinations(sorted(entries, key=attrgetter("key")), 2):
            guess = Exchange(one.key, other.key, table)
            given = Renames((*pair.renames.applied, guess))
            if (
                not {one.key, other.key} & taken
                and not changed(given, one, pair.right[other.key])
                and not changed(given, other, pair.right[one.key])
            ):
                taken |= {one.key, other.key}
                yield guess
