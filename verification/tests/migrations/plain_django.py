"""Print the graph, the plan and each state of trees of migrations, as Django's own loader or the worker's makes them.

Started as a script; one JSON job a line: folder, and the squashes to leave out (``null``: Django's own loader).
Each job is answered by one line, from a fork, so that Django is imported once.
"""

import json
import os
import re
import sys
from typing import Any

import django
from django.conf import settings
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from verification.migrations.execution.worker.loader import ChainLoader


def answer(folder: str, without: list[Any] | None) -> dict[str, Any]:
    """Return the nodes, their parents, the order on an empty database, and the models after each migration."""
    sys.path.insert(0, folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    settings.DATABASES  # noqa: B018 - loads them
    django.setup()
    loader = MigrationLoader(None) if without is None else ChainLoader(None, without)
    executor = MigrationExecutor.__new__(MigrationExecutor)
    executor.loader = loader
    plan = [each for each, _ in executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)]
    state = loader.project_state(nodes=[])
    states = []
    for migration in plan:
        migration.mutate_state(state, preserve=False)
        states.append(models(state))
    return {
        "conflicts": loader.detect_conflicts(),
        "graph": {
            ".".join(key): sorted(".".join(parent.key) for parent in node.parents)
            for key, node in sorted(loader.graph.node_map.items())
        },
        "plan": [str(migration) for migration in plan],
        "states": states,
    }


def models(state: Any) -> dict[str, Any]:
    """Describe the models of a state."""
    found = {}
    for key, model in sorted(state.models.items()):
        fields = [(name, repr(field.deconstruct()[1:])) for name, field in model.fields.items()]
        found[".".join(key)] = [fields, repr(sorted(model.options.items(), key=str)), repr(model.bases)]
    return json.loads(re.sub(r" at 0x[0-9a-f]+", "", json.dumps(found)))  # type: ignore[no-any-return]


def main() -> None:
    """Answer every line in a process of its own."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            job = json.loads(line)
            try:
                said = answer(job["folder"], job["without"])
            except Exception as error:  # noqa: BLE001 - the test compares it
                said = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
