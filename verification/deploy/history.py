"""Compare the migrations of two trees: what was applied must stay as it was."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .finding import Finding
from .tree import MigrationFile, Tree


def compare(base: Tree, head: Tree, root: Path) -> Iterator[Finding]:
    """Find migrations of the base that the head has edited or no longer has.

    A squash of either tree takes the place of the migrations that it replaces.
    """
    squashed = {
        key for tree in (base, head) for each in tree.values() for key in each.replaces if each.key in head
    }
    for key, before in base.items():
        after = head.get(key)
        if after is None and key not in squashed:
            yield Finding(
                code="applied-migration-deleted",
                migration=before.name,
                effect="databases that applied it keep what it did, and new ones never get it",
                evidence=(f"{before.name} is in the base and not in the working tree",),
                remedy="restore the file; undo what it did in a new migration, or replace it by a squash",
            )
        elif (
            after is not None
            and not _same_of_package(before, after, root)
            and (changed := _changed(before, after))
        ):
            number, evidence = changed
            yield Finding(
                code="applied-migration-edited",
                migration=before.name,
                file=after.relative(root),
                line=after.line(number),
                effect="databases that applied it do not get the change, and new ones do",
                evidence=evidence,
                remedy="restore the file and put the change into a new migration",
            )


def _same_of_package(before: MigrationFile, after: MigrationFile, root: Path) -> bool:
    """Whether a package has the same file in both environments; its Django may describe it otherwise."""
    return (
        not after.file.is_relative_to(root)
        and before.file.is_file()
        and before.file.read_bytes() == after.file.read_bytes()
    )


def several_leaf_nodes(conflicts: Mapping[str, Sequence[str]], head: Tree, root: Path) -> Iterator[Finding]:
    """Find apps with more than one last migration."""
    for app, names in sorted(conflicts.items()):
        last = head.get((app, names[-1]))
        yield Finding(
            code="several-leaf-nodes",
            migration=f"{app}.{names[-1]}",
            file=last.relative(root) if last else "",
            effect="migrate refuses to start, and the deploy stops",
            evidence=(f"last migrations of {app}: {', '.join(names)}",),
            remedy=f"manage.py makemigrations --merge {app}, or let one of them depend on the other",
        )


def _changed(before: MigrationFile, after: MigrationFile) -> tuple[int | None, tuple[str, ...]] | None:
    """Return the number of the first operation that differs, and what differs; None if nothing does."""
    for number, (left, right) in enumerate(zip(before.operations, after.operations, strict=False)):
        if left.text != right.text:
            said = f"{left.kind}: {left.description}"
            if (left.kind, left.description) != (right.kind, right.description):
                return number, (f"before: {said}", f"now: {right.kind}: {right.description}")
            return number, (f"changed: {said}",)
    longer, shorter = len(after.operations), len(before.operations)
    if longer != shorter:
        return shorter if longer > shorter else None, (f"operations before: {shorter}, now: {longer}",)
    return None
