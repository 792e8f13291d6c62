"""Make a squash, verify it, and write it as a patch if it is equal.

Two candidates are tried: what ``squashmigrations`` writes, and what a first
``makemigrations`` would write for the final state. Either is written into a temporary copy of
the app's migrations; the user's tree is never touched.
"""

import difflib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ...errors import CannotRun
from ...processes import run_directory
from ...schema.comparison.difference import Difference
from ...words import counted
from ..execution.migration_runner import MigrationRunner
from ..execution.worker_process import JobFailed
from ..plan import migration_files
from ..plan.chains import Chain, Key, Squash, Tree
from .states import newly_unwritten, unwritten
from .verification import Verifier

MIN_MIGRATIONS: Final = 2
"""Migrations that it takes to be squashed."""
ELIDED: Final = "since it leaves nothing in an empty database"
"""Why a step of a proven squash could be left out."""


@dataclass
class Proposal:
    """A squash that was verified, or why there is none."""

    app: str
    squash: str = ""
    replaced: int = 0
    patch: str = ""
    """Unified diff against the present tree; empty when nothing was proven."""
    made_by: str = ""
    blocked: list[str] = field(default_factory=list)
    """What each candidate failed on, one line each."""
    differences: list[Difference] = field(default_factory=list)
    """Of the last candidate that could be compared."""
    cautions: list[str] = field(default_factory=list)


def propose(runner: MigrationRunner, app: str, root: Path) -> Proposal:
    """Make and prove a squash of all of an app's migrations; paths in the patch are relative to ``root``."""
    found = runner.tree
    if app not in found.labels:
        raise CannotRun(
            f"--propose {app}: no installed app has this label", f"labels: {', '.join(found.labels)}"
        )
    stale = [squash for squash in found.squashes if squash.app == app and not squash.missing]
    originals = set(found.migrations.get(app, [])) - {squash.name for squash in stale}
    if len(originals) < MIN_MIGRATIONS:
        raise CannotRun(
            f"--propose {app}: it has {counted(len(originals), 'migration')}; there is nothing to squash"
        )
    if any(original_app != app for squash in stale for original_app, _ in squash.originals):
        raise CannotRun(
            f"--propose {app}: its squash replaces migrations of another app", "revise that one by hand"
        )
    try:
        with runner.worker() as worker:
            worker.run("load", without=[list(squash.key) for squash in stale])
    except JobFailed as error:
        raise error.cannot_run(f"--propose {app}: the chain that would be squashed does not load") from None
    proposal = Proposal(app)
    for how, make in (("squashmigrations", _by_command), ("final state", _from_state)):
        with tempfile.TemporaryDirectory(dir=run_directory.owner_file().parent) as directory:
            overlay = _prepare(found, app, stale, Path(directory))
            obstacle = _try(runner, overlay, app, make, proposal)
            if obstacle:
                proposal.blocked.append(f"{how}: {obstacle}")
                continue
            proposal.made_by = how
            proposal.patch = _diff(found, overlay, root)
            proposal.cautions = [f"{each} {ELIDED}" for each in proposal.cautions]
            proposal.differences = []
            return proposal
    return proposal


def _prepare(found: Tree, app: str, stale: list[Squash], directory: Path) -> dict[str, str]:
    """Copy the app's migrations without its present squash; return package -> folder."""
    overlay = {found.packages[app]: str(migration_files.copy_package(found, app, directory))}
    moved: dict[Key, Key] = {squash.key: squash.originals[-1] for squash in stale}
    for squash in stale:
        (directory / app / f"{squash.name}.py").unlink()
    for label, folder in found.folders.items():
        names = {name for _, name in moved}
        texts = [file.read_text(encoding="utf-8") for file in Path(folder).glob("*.py")]
        if label != app and any(name in text for text in texts for name in names):
            overlay[found.packages[label]] = str(migration_files.copy_package(found, label, directory))
    for folder in overlay.values() if moved else ():
        for file in Path(folder).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            if (redirected := migration_files.redirect(text, moved)) != text:
                file.write_text(redirected, encoding="utf-8")
    return overlay


def _try(
    runner: MigrationRunner,
    overlay: dict[str, str],
    app: str,
    make: Callable[[MigrationRunner, str, Path, Proposal], None],
    proposal: Proposal,
) -> str:
    """Make one candidate and prove it; return what blocks it, empty when it is proven."""
    project = replace(runner.project, overlay={**runner.project.overlay, **overlay})
    folder = Path(overlay[runner.tree.packages[app]])
    try:
        with MigrationRunner(project, runner.server, max_workers=1) as maker:
            before = unwritten(maker, Chain())
            make(maker, app, folder, proposal)
    except JobFailed as error:
        return error.message
    except CannotRun as obstacle:
        # squashmigrations names functions of the originals in a way that Python cannot read.
        by_hand = "; functions of the originals have to be copied into it by hand"
        return f"{obstacle}{by_hand if 'SyntaxError' in str(obstacle) else ''}"
    with MigrationRunner(
        project, runner.server, progress=runner.progress, options=runner.options
    ) as candidate:
        return _prove(candidate, app, before, proposal)


def _prove(candidate: MigrationRunner, app: str, before: dict[str, list[str]], proposal: Proposal) -> str:
    try:
        squash = candidate.tree.chosen([app])[0]
        verdict = Verifier(candidate).verify([squash]).verdicts[0]
        written = newly_unwritten(before, unwritten(candidate, Chain()))
    except CannotRun as obstacle:
        return str(obstacle)
    proposal.squash, proposal.replaced = squash.name, len(squash.originals)
    found = verdict.comparison
    if wrong := found.differences or found.disagreements or found.unwritten:
        proposal.differences = wrong
        first = proposal.differences[0]
        return (
            f"{counted(len(proposal.differences), 'difference')}, the first: {first.kind} {first.object} "
            f"{first.change} {first.attribute}".strip()
        )
    return f"makemigrations would then write: {written[0].right}" if written else ""


def _by_command(maker: MigrationRunner, app: str, _: Path, __: Proposal) -> None:
    with maker.worker() as worker:
        worker.run("squash", app=app, without=[])


def _from_state(maker: MigrationRunner, app: str, folder: Path, proposal: Proposal) -> None:
    with maker.worker() as worker:
        made = worker.run("rebuild", app=app, without=[])
    (folder / f"{made['name']}.py").write_text(made["text"], encoding="utf-8")
    proposal.cautions = [f"{each}: not marked elidable, and left out" for each in made["left_out"]]


def _diff(found: Tree, overlay: dict[str, str], root: Path) -> str:
    """Return the change from the present tree to the proven one, as ``git apply`` takes it."""
    lines: list[str] = []
    for label, package in found.packages.items():
        if package not in overlay:
            continue
        ours, theirs = Path(overlay[package]), Path(found.folders[label])
        for name in sorted({file.name for folder in (ours, theirs) for file in folder.glob("*.py")}):
            old, new = (_lines(folder / name) for folder in (theirs, ours))
            path = _relative(theirs / name, root)
            lines += difflib.unified_diff(
                old,
                new,
                f"a/{path}" if (theirs / name).exists() else "/dev/null",
                f"b/{path}" if (ours / name).exists() else "/dev/null",
            )
    return "".join(lines)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []


def _relative(file: Path, root: Path) -> str:
    resolved = file.resolve()
    return str(resolved.relative_to(root) if resolved.is_relative_to(root) else resolved).lstrip("/")
