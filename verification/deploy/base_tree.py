"""The files of the revision that runs in production, in a folder of the run.

They are written with an index of their own (``git checkout-index``): unlike a worktree this leaves no
record in the repository, however the run ends.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from ..processes import run_directory
from ..processes.output import last_line

DEFAULT_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
GIT: Final = "git"
_SECONDS: Final = 120


@dataclass(frozen=True)
class BaseTree:
    """One revision, written out."""

    root: Path
    """The folder that stands for the project's own."""
    revision: str
    """The commit, abbreviated."""


@contextmanager
def base_tree(project: Path, reference: str) -> Iterator[BaseTree]:
    """Write the files of a revision into a folder and remove it afterwards.

    ``project``: the root of the working tree's project, which may be a folder inside the repository.
    ``reference``: empty for the merge base with the default branch. Raises ``CannotRun``.
    """
    top = Path(_git(project, "rev-parse", "--show-toplevel", otherwise="this is no Git repository"))
    commit = _commit(project, reference)
    folder = run_directory.make("base")
    try:
        tree, index = folder / "tree", {"GIT_INDEX_FILE": str(folder / "index")}
        _git(top, "read-tree", commit, variables=index)
        _git(top, "checkout-index", "--all", f"--prefix={tree}/", variables=index)
        root = tree / project.resolve().relative_to(top.resolve())
        if not root.is_dir():
            raise CannotRun(
                f"--since {reference}: the revision has no folder {project.name}", "name a later one"
            )
        yield BaseTree(root, _git(project, "rev-parse", "--short", commit))
    finally:
        run_directory.remove(folder)


def _commit(project: Path, reference: str) -> str:
    if reference:
        if reference.startswith("-"):
            raise CannotRun(f"--since {reference}: not a revision")
        return _git(
            project,
            *("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}"),
            otherwise=f"--since {reference}: the repository has no such revision",
            advice="name a commit, a tag or a branch; a shallow clone has to fetch it first",
        )
    for branch in DEFAULT_BRANCHES:
        found = _git(project, "merge-base", "HEAD", branch, otherwise=None)
        if found:
            return found
    raise CannotRun("no default branch is known", "name what runs in production with --since REF")


def _git(
    directory: Path,
    *arguments: str,
    variables: dict[str, str] | None = None,
    otherwise: str | None = "",
    advice: str = "",
) -> str:
    """Run git; ``otherwise``: what to say when it fails (empty: what git says; None: return an empty text)."""
    try:
        done = subprocess.run(
            [GIT, *arguments],
            cwd=directory,
            env={**os.environ, **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise CannotRun("there is no program git", "install it") from None
    except subprocess.TimeoutExpired:
        raise CannotRun(f"git {arguments[0]} did not end within {_SECONDS} s") from None
    if done.returncode == 0:
        return done.stdout.strip()
    if otherwise is None:
        return ""
    raise CannotRun(otherwise or f"git {arguments[0]}: {last_line(done.stderr, 'failed')}", advice)
