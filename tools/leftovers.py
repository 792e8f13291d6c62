"""What a run of the gate has left: files, processes, shared memory, containers, their volumes and networks.

A run has a folder of its own, with the temporary directory ``tmp`` in it; by that folder its processes and
containers are told from those of others. Shared memory has no such mark: ``Namespaces`` gives a run its own.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from docker import DockerClient

from verification.errors import CannotRun
from verification.postgres import engine
from verification.processes.wait import wait_for

_HOLD: Final = "mount -t tmpfs tmpfs /dev/shm && echo ready && exec cat"
_LIST: Final = "tail -n +2 /proc/sysvipc/shm; ls -A /dev/shm"


def left(folder: Path, seconds: float, since: float | None = None) -> list[str]:
    """Return what is left after the run's watchdogs had so many seconds.

    With ``since``, a time as of ``time.time()``, the volumes and networks that its containers have had from then on
    are looked for as well.
    """
    wait_for(lambda: not _left(folder, since), seconds=seconds, pause=0.2)
    return _left(folder, since)


class Namespaces:
    """Shared memory of its own, for the processes that are started by ``command``. Needs root, on Linux."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--ipc", "--mount", "sh", "-c", _HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if self._holder.stdout is None or self._holder.stdout.readline() != b"ready\n":
            raise CannotRun("shared memory cannot be told from that of others", "run this as root, on Linux")

    def command(self, folder: Path, *words: str) -> list[str]:
        """Return the command that runs another one in a folder."""
        return ["nsenter", f"--target={self._holder.pid}", "--ipc", "--mount", f"--wdns={folder}", *words]

    def left(self) -> list[str]:
        """Return the shared memory that nobody has removed: System V segments and POSIX objects."""
        listed = subprocess.run(
            self.command(Path("/"), "sh", "-c", _LIST), check=True, capture_output=True, text=True
        ).stdout
        return [f"shared memory: {' '.join(line.split()[:4])}" for line in listed.splitlines()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._holder.communicate()


def _left(folder: Path, since: float | None) -> list[str]:
    files = map(str, (folder / "tmp").iterdir())
    return [*files, *_processes(str(folder)), *_of_the_engine(str(folder), since)]


def _processes(folder: str) -> list[str]:
    """Return the processes that have the folder in their command or in a variable."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            command = (process / "cmdline").read_bytes()
            if os.fsencode(folder) in command + (process / "environ").read_bytes():
                words = command[:80].replace(bytes(1), b" ").decode(errors="replace")
                found.append(f"process {process.name}: {words}")
    return found


def _of_the_engine(folder: str, since: float | None) -> list[str]:
    try:
        client = engine.client().client
    except CannotRun:
        return []
    try:
        return [*_containers(client, folder), *(_kept(client, folder, since) if since else ())]
    finally:
        client.close()


def _containers(client: DockerClient, folder: str) -> Iterator[str]:
    """Yield the containers whose owner's lock is in the folder."""
    for container in client.api.containers(all=True, filters={"label": engine.OWNER_LABEL}):
        if folder in container["Labels"][engine.OWNER_LABEL]:
            yield f"container {container['Id'][:12]}"


def _kept(client: DockerClient, folder: str, since: float) -> Iterator[str]:
    """Yield the volumes and networks that are there and were used by the folder's containers, by the engine's log."""
    events: list[dict[str, Any]] = list(client.api.events(since=since, until=time.time(), decode=True))
    actors = [(event["Type"], event["Action"], event["Actor"]) for event in events]
    owned = {
        actor["ID"]
        for kind, action, actor in actors
        if kind == "container"
        and action == "create"
        and folder in actor["Attributes"].get(engine.OWNER_LABEL, "")
    }
    used = {
        (kind, actor["ID"])
        for kind, action, actor in actors
        if action in {"mount", "connect"} and actor["Attributes"].get("container") in owned
        and actor["Attributes"].get("name") != "bridge"
    }  # fmt: skip
    there = {("volume", each.name) for each in client.volumes.list()}
    there |= {("network", each.id) for each in client.networks.list()}
    yield from (f"{kind} {name}" for kind, name in sorted(used & there))
