"""Started as ``python .../worker``: a folder, so that nothing of the harness need be importable there.

Its own folder leaves ``sys.path`` at once: ``loader`` and the like are names that projects use too.
"""

import importlib.util
import sys
import types
from pathlib import Path

PACKAGE = "verification_worker.migrations.execution.worker"
PROTOCOL = "verification_worker.processes.serve"
"""The two are loaded from their files under these names; the packages between them are empty here."""


def load() -> None:
    """Load the package under a name of its own."""
    folder = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    protocol = importlib.util.spec_from_file_location(PROTOCOL, folder.parents[2] / "processes" / "serve.py")
    for name in (PACKAGE, PROTOCOL):
        parents = name.split(".")[:-1]
        for length in range(1, len(parents) + 1):
            empty = types.ModuleType(".".join(parents[:length]))
            empty.__path__ = []
            sys.modules.setdefault(empty.__name__, empty)
    for module_spec in (protocol, spec):
        assert module_spec is not None and module_spec.loader is not None  # noqa: S101, PT018 - both files are there
        module = importlib.util.module_from_spec(module_spec)
        sys.modules[module_spec.name] = module
        module_spec.loader.exec_module(module)


def main() -> None:
    """Serve the jobs that arrive on standard input."""
    load()
    serve = importlib.import_module(PACKAGE + ".serve")
    serve.main()


if __name__ == "__main__":
    main()
