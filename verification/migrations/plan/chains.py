"""The chains of a project: which squashes its tree holds, and what to compare with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...errors import CannotRun

COMPARE_ELSEWHERE: Final = "compare in a checkout that still has the originals"

Key = tuple[str, str]
"""App label and name of a migration."""


def key_of(migration: str) -> Key:
    """Return the key of a migration that is named ``app.name``."""
    app, _, name = migration.partition(".")
    return app, name


def is_own(folder: Path, root: Path) -> bool:
    """Whether a folder is the project's own, and not that of an installed package."""
    resolved = folder.resolve()
    return resolved.is_relative_to(root) and "site-packages" not in resolved.parts


@dataclass(frozen=True)
class Squash:
    """One squash and the originals that it stands for."""

    app: str
    name: str
    originals: tuple[Key, ...]
    """The files behind it, in order; squashes that it replaces are resolved to their own originals."""
    covers: tuple[Key, ...]
    """The originals and the squashes in between."""
    missing: tuple[str, ...]
    """What it replaces and the tree no longer holds."""
    in_use: bool
    """Whether an empty database gets it; an enclosing squash may take its place."""
    tables: tuple[str, ...] = ()
    """Tables that its operations and those of its originals name; what SQL and Python touch is not known."""

    @property
    def key(self) -> Key:
        """Its key in the graph."""
        return self.app, self.name

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"

    def is_part_of(self, other: "Squash") -> bool:
        """Whether a squash of another app replaces this one too: no database gets it alone."""
        return other.in_use and other.app != self.app and self.key in other.covers


@dataclass(frozen=True)
class Chain:
    """One way to the last migration: the whole tree without certain squashes."""

    without: tuple[Key, ...] = ()

    def to_json(self) -> list[list[str]]:
        """Return the worker's form."""
        return [list(key) for key in self.without]


@dataclass(frozen=True)
class Tree:
    """What the project's folders hold."""

    squashes: tuple[Squash, ...]
    migrations: dict[str, list[str]]
    packages: dict[str, str]
    """App label -> dotted name of its package of migrations."""
    folders: dict[str, str]
    """App label -> folder of that package."""
    labels: tuple[str, ...]

    def chosen(self, apps: Sequence[str]) -> list[Squash]:
        """Return the squashes of these apps (of all that have one when none is named).

        Raises ``CannotRun`` for a label that is none, for an app without a squash, and for one
        whose originals are gone.
        """
        for app in apps:
            self._require(app)
        comparable = [squash for squash in self.squashes if not squash.missing]
        chosen = [squash for squash in comparable if not apps or squash.app in apps]
        if not chosen and self.squashes:
            first, *others = self.squashes
            more = f" (so do {len(others)} more squashes)" if others else ""
            raise CannotRun(_missing_originals(first, more), COMPARE_ELSEWHERE)
        if not chosen:
            raise CannotRun(
                "no app has a squashed migration",
                "make one with manage.py squashmigrations, or propose one with --propose APP",
            )
        return chosen

    def below(self, root: Path) -> tuple[str, ...]:
        """Return the labels of the apps whose migrations are in a project's own folder."""
        return tuple(label for label, folder in self.folders.items() if is_own(Path(folder), root))

    def squashes_of(self, apps: Sequence[str]) -> list[Squash]:
        """Return the squashes of these apps (of all if none) that can be compared."""
        for app in apps:
            self._require_label(app)
        return [each for each in self.squashes if not each.missing and (not apps or each.app in apps)]

    def not_comparable(self, apps: Sequence[str]) -> list[Squash]:
        """Return those of these apps' squashes that replace what the tree no longer holds."""
        return [squash for squash in self.squashes if squash.missing and (not apps or squash.app in apps)]

    def _require_label(self, app: str) -> None:
        if app not in self.labels:
            raise CannotRun(
                f"app {app}: no installed app has this label", f"labels: {', '.join(self.labels)}"
            )

    def _require(self, app: str) -> None:
        self._require_label(app)
        of_app = [squash for squash in self.squashes if squash.app == app]
        if not of_app:
            raise CannotRun(
                f"--app {app}: it has no squashed migration",
                f"make one with manage.py squashmigrations {app}, or propose one with --propose {app}",
            )
        if all(squash.missing for squash in of_app):
            raise CannotRun(f"--app {app}: {_missing_originals(of_app[0])}", COMPARE_ELSEWHERE)


def _missing_originals(squash: Squash, more: str = "") -> str:
    return f"not comparable: {squash} replaces {squash.missing[0]}, which the tree does not hold{more}"


def sharing_originals(tree: Tree, squashes: Sequence[Squash]) -> list[Squash]:
    """Return these squashes and all that share originals with them: they can only be removed together."""
    found = list(squashes)
    for known in found:  # grows while it is read: sharing is transitive
        shared = set(known.originals)
        found += [
            each
            for each in tree.squashes
            if not each.missing and each not in found and shared.intersection(each.originals)
        ]
    return found


def using_only(used: Sequence[Squash], original: Chain) -> Chain:
    """Return the chain in which of all compared squashes these alone are in use."""
    return Chain(tuple(key for key in original.without if key not in {squash.key for squash in used}))
