"""What a run of the gate has left: temporary files, processes and containers.

A run has a folder of its own, with the temporary directory ``tmp`` in it.
"""

from contextlib import suppress
from pathlib import Path

from verification.errors import CannotRun
from verification.postgres import engine
from verification.processes.wait import wait_for


def left(folder: Path, seconds: float) -> list[str]:
    """Return what is left after the run's watchdogs had so many seconds."""
    wait_for(lambda: not _left(folder), seconds=seconds, pause=0.2)
    return _left(folder)


def _left(folder: Path) -> list[str]:
    files = map(str, (folder / "tmp").iterdir())
    return [*files, *_processes(str(folder)), *_containers(str(folder))]


def _processes(folder: str) -> list[str]:
    """Return the processes that have the folder in their command or in a variable."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            command = (process / "cmdline").read_bytes()
            if folder.encode() in command + (process / "environ").read_bytes():
                words = command[:80].replace(bytes(1), b" ").decode(errors="replace")
                found.append(f"process {process.name}: {words}")
    return found


def _containers(folder: str) -> list[str]:
    """Return the containers whose owner's lock is in the folder."""
    try:
        client = engine.client()
    except CannotRun:
        return []
    containers = client.client.api.containers(all=True, filters={"label": engine.OWNER_LABEL})
    client.client.close()
    return [
        f"container {container['Id'][:12]}"
        for container in containers
        if folder in container["Labels"][engine.OWNER_LABEL]
    ]
