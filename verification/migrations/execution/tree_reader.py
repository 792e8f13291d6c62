"""Read a project's migrations with a worker: its tree, and the chain of the originals."""

from collections.abc import Sequence
from typing import Any

from ..plan.chains import Chain, Squash, Tree, sharing_originals
from .worker_process import JobFailed, Worker


def read_tree(worker: Worker) -> Tree:
    """Read the project's migrations from its folders, whether or not they load as a graph."""
    try:
        found = worker.run("squashes")
    except JobFailed as error:
        raise error.cannot_run("the migrations cannot be read") from None
    return Tree(
        squashes=tuple(_squash(entry) for entry in found["squashes"]),
        migrations=found["migrations"],
        packages=found["packages"],
        folders=found["folders"],
        labels=tuple(found["labels"]),
    )


def _squash(entry: dict[str, Any]) -> Squash:
    return Squash(
        app=entry["app"],
        name=entry["squash"],
        originals=tuple((app, name) for app, name in entry["replaces"]),
        covers=tuple((app, name) for app, name in entry["covers"]),
        missing=tuple(entry["missing"]),
        in_use=entry["in_use"],
        tables=tuple(entry["tables"]),
    )


def original_chain(worker: Worker, tree: Tree, squashes: Sequence[Squash]) -> Chain:
    """Return the chain of the originals of these squashes, unrelated squashes of other apps left in use.

    Where that graph does not load, the one without any squash is tried. Raises ``CannotRun``
    ("not comparable") when neither does: a chain that cannot run proves nothing.
    """
    narrow = Chain(tuple(squash.key for squash in sharing_originals(tree, squashes)))
    wide = Chain(tuple(squash.key for squash in tree.squashes if not squash.missing))
    first: JobFailed | None = None
    for chain in dict.fromkeys((narrow, wide)):
        try:
            worker.run("load", without=chain.to_json())
        except JobFailed as error:
            first = first or error
        else:
            return chain
    assert first is not None  # noqa: S101 - both attempts failed
    named = ", ".join(sorted({squash.app for squash in squashes}))
    raise first.cannot_run(f"not comparable: the original chain of {named} does not load")
