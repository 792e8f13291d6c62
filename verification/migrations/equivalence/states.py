"""The models as two chains leave them, compared by Django's autodetector in both directions.

Choices, defaults and options of a model leave no trace in a schema. Where a squash has other ones than its
originals, ``makemigrations`` writes a migration on the day on which the originals are removed.
"""

from pathlib import Path

from ...schema.comparison.compare import counts
from ...schema.comparison.difference import Difference
from ..execution.migration_runner import MigrationRunner
from ..execution.worker_process import JobFailed
from ..plan.chains import Chain, is_own


def compare(runner: MigrationRunner, original: Chain, squashed: Chain) -> list[Difference]:
    """Return what the autodetector would write from one state to the other, model by model.

    ``right``: what it would write if the originals were there and the models were those of the squash; ``left``: what
    if it were the other way round.
    """
    try:
        with runner.worker() as worker:
            found = worker.run("states", left=original.to_json(), right=squashed.to_json())
    except JobFailed as error:
        raise error.cannot_run("the models of the two chains cannot be compared") from None
    back, there = (found[side] for side in ("left", "right"))
    differences = [
        _difference(model, back.get(model, ""), there.get(model, "")) for model in sorted({*back, *there})
    ]
    return [each for each in differences if counts(each, runner.options)]


def unwritten(runner: MigrationRunner, chain: Chain) -> dict[str, list[str]]:
    """Ask the autodetector what ``makemigrations`` would write; nothing is expected."""
    try:
        with runner.worker() as worker:
            found: dict[str, list[str]] = worker.run("changes", without=chain.to_json())["changes"]
    except JobFailed as error:
        raise error.cannot_run("models and migrations cannot be compared") from None
    return found


def never_migrated(runner: MigrationRunner, chain: Chain, root: Path) -> dict[str, list[str]]:
    """Return the models of apps below ``root`` without a package of migrations, which ``makemigrations`` passes by."""
    try:
        with runner.worker() as worker:
            found = worker.run("unmigrated", without=chain.to_json())["apps"]
    except JobFailed as error:
        raise error.cannot_run("the apps cannot be read") from None
    return {
        app: [f"Create model {name} ({app} has no package of migrations)" for name in models]
        for app, (folder, models) in sorted(found.items())
        if is_own(Path(folder), root)
    }


def newly_unwritten(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[Difference]:
    """Return what ``makemigrations`` would write after a change and not before."""
    return [
        _difference(app, "; ".join(before.get(app, [])), "; ".join(after[app]))
        for app in sorted(after)
        if set(after[app]) - set(before.get(app, []))
    ]


def _difference(what: str, left: str, right: str) -> Difference:
    return Difference(
        "state", what, "changed", "makemigrations", left or "nothing to write", right or "nothing to write"
    )
