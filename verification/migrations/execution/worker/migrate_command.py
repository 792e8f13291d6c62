"""A job of the deploy gate: the command by which the project migrates, held before it applies its plan."""

from __future__ import annotations

import io
import shlex
from typing import Any

from django.core.management import call_command, get_commands, load_command_class
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from ....processes.serve import Channel


def migrate_command(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Run ``command`` on each database; ``hold``: pause once it knows its plan. Returns ``error``, empty if none."""
    if job["hold"]:
        _hold(channel)
    name, *words = shlex.split(job["command"])
    known = get_commands()
    if name not in known:
        return {"error": "", "unknown": True}
    app = known[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    options = {each.dest for each in command.create_parser("manage.py", name)._actions}
    asked = {"interactive": False, "verbosity": 0, "stdout": io.StringIO(), "stderr": io.StringIO()}
    given = {key: value for key, value in asked.items() if key in options or key.startswith("std")}
    error = ""
    for alias in job["databases"] if "database" in options else [None]:
        channel.event("step", migration="{} {}".format(name, alias or "").strip(), done=0, total=1)
        try:
            call_command(command, *words, **given, **({"database": alias} if alias else {}))
        except (Exception, SystemExit) as failed:  # noqa: BLE001 - the answer, whatever it is
            error = "{}: {}".format(type(failed).__name__, " ".join(str(failed).split()))
            break
    connections.close_all()
    return {"error": error}


def _hold(channel: Channel) -> None:
    """Pause in front of the first plan that is not empty."""
    theirs = MigrationExecutor.migrate
    held = []

    def migrate(self: Any, targets: Any, plan: Any = None, *args: Any, **kwargs: Any) -> Any:
        if plan and not held:
            held.append(True)
            channel.pause()
        return theirs(self, targets, plan, *args, **kwargs)

    MigrationExecutor.migrate = migrate
