"""The runner's loop: one set-up, then each job in a process of its own.

A fork gives every job the loaded project and none of what an earlier job left behind in it
(caches of content types, module globals of migrations, connections).
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from typing import Any

from ....processes.serve import Channel, Gone, in_fork
from . import project
from .failure import Refused, location, to_message

COLLECT = (20_000, 20, 50)
"""When a job collects garbage: rendering models makes many objects that live as long as the job."""


def main() -> None:
    """Answer the first line (the project), then one job after the other, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the harness decides when this ends
    channel = Channel()
    request = channel.receive()
    if request is None:
        return
    try:
        channel.event("ready", **project.enter(request))
    except Refused as error:
        channel.event("error", **to_message(error))
        return
    except BaseException as error:  # noqa: BLE001 - a project may raise anything, SystemExit too
        channel.event("error", **{**to_message(error), "kind": _kind_of_setup(error)})
        return
    _preload()
    gc.freeze()  # what all jobs share need not be searched for garbage in each of them
    while True:
        job = channel.receive()
        if job is None:
            return
        _in_a_fork(job, channel)


def _kind_of_setup(error: BaseException) -> str:
    kind = to_message(error)["kind"]
    return kind if kind in {"driver", "connection"} else "setup"


def _preload() -> None:
    """Import the migrations once; what is wrong with them each job will say for itself."""
    from . import queries

    try:
        queries.squashes({})
    except BaseException:  # noqa: BLE001, S110 - see above
        pass


def _in_a_fork(job: dict[str, Any], channel: Channel) -> None:
    def work() -> dict[str, Any]:
        gc.set_threshold(*COLLECT)
        _do(job, channel)
        return {"done": True}

    outcome = in_fork(work)
    if outcome.answer is not None:
        return
    if outcome.status < 0:
        message = "its process was ended by signal {}".format(-outcome.status)
        channel.event("error", kind="killed", message=message, detail="")
    else:
        # By os._exit, whatever the status: silence would be waited for.
        message = "its process ended itself with status {}".format(outcome.status)
        channel.event("error", kind="apply", message=message, detail="")


def _do(job: dict[str, Any], channel: Channel) -> None:
    from . import network, run

    # Calls of the models are those of a running server, which has its cache.
    if job.get("offline") and job["job"] not in {"calls", "traffic"}:
        network.forbid(job["offline"])
    if "databases" in job:
        project.use(job["databases"])
    runs: list[run.Run] = []
    try:
        result = _work_of(job["job"], channel, runs)(job)
        network.raise_if_called()
    except Exception as error:  # noqa: BLE001 - every failure is an answer
        migration = next((each.watch.current for each in runs if each.watch.current), "")
        where = next((each.watch.failure() for each in runs if each.watch.current), {})
        steps = {each.alias: each.watch.steps for each in runs}
        channel.event("error", **to_message(_cause(error), migration), steps=steps, where=where)
    except Gone:
        return
    except BaseException as error:  # noqa: BLE001 - sys.exit() and the like: silence would be waited for
        migration = next((each.watch.current for each in runs if each.watch.current), "")
        said = "the project's code left with {}{}".format(repr(error), location(error))
        channel.event("error", **to_message(Refused("apply", said), migration))
    else:
        channel.event("result", **result)


def _work_of(name: str, channel: Channel, runs: list[Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    from . import calls, deadlock, migrate_command, offending, queries, recovery, release, run, traffic

    if name in {"forward", "apply_stepwise", "roll_back_stepwise"}:
        return lambda job: getattr(run, name)(job, channel, runs)
    pausing = {
        "there_and_back": recovery,
        "traffic": traffic,
        "deadlock": deadlock,
        "migrate_command": migrate_command,
    }
    if name in pausing:
        return lambda job: getattr(pausing[name], name)(job, channel)
    module = next(each for each in (queries, release, recovery, calls, offending) if hasattr(each, name))
    work: Callable[[dict[str, Any]], dict[str, Any]] = getattr(module, name)
    return work


def _cause(error: Exception) -> Exception:
    """Return what the migration's own code made of a call of the network."""
    from . import network

    try:
        network.raise_if_called()
    except Refused as call:
        return call
    return error
