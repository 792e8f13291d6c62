"""Started as ``python .../worker``: a folder, so that nothing of the harness need be importable there.

Its own folder leaves ``sys.path`` at once: ``loader`` and the like are names that projects use too.
"""

import importlib.util
import sys
from pathlib import Path

PACKAGE = "verification_worker"
PROTOCOL = "verification.processes.serve"
"""Loaded from its file under this name, which needs no package of the harness here."""


def main() -> None:
    """Load the package under a name of its own and serve the jobs that arrive on standard input."""
    folder = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    protocol = importlib.util.spec_from_file_location(PROTOCOL, folder.parents[2] / "processes" / "serve.py")
    for module_spec in (protocol, spec):
        assert module_spec is not None and module_spec.loader is not None  # noqa: S101, PT018 - both files are there
        module = importlib.util.module_from_spec(module_spec)
        sys.modules[module_spec.name] = module
        module_spec.loader.exec_module(module)
    serve = importlib.import_module(PACKAGE + ".serve")
    serve.main()


if __name__ == "__main__":
    main()
