"""The servers under measurement: providers and gunicorn, each in processes of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from verification.processes.wait import answers, wait_for

ROOT: Final = Path(__file__).parents[1]
START_SECONDS: Final = 60


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: list[str], port: int, path: str, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until the body ends; the body begins when `path` is answered, with the process."""
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        **environment,
    }
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: answers(port, path) or process.poll() is not None, seconds=START_SECONDS)
            if not answers(port, path):
                raise RuntimeError(f"no server answers on port {port}")
            yield process
        finally:
            process.terminate()
            process.wait(120)  # payments at a slow provider are finished first


@contextmanager
def providers(port: int, merchant_port: int) -> Iterator[None]:
    """Run the local providers."""
    merchant = f"http://127.0.0.1:{merchant_port}"
    command = [
        sys.executable,
        "-m",
        "provider_servers",
        "--port",
        str(port),
        "--quiet",
        "--merchant-url",
        merchant,
    ]
    with running(command, port, "/control/health", {}):
        yield


@contextmanager
def gunicorn(
    port: int, workers: int, environment: Mapping[str, str], options: Sequence[str] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the payments server as in production, unless gunicorn's `options` change it."""
    config = ROOT.parent / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "-c", str(config), "--bind", f"127.0.0.1:{port}", *options]
    with running(command, port, "/health", {"GUNICORN_WORKERS": str(workers), **environment}) as master:
        yield master


@contextmanager
def event_loop(port: int, server: str, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `benchmarks.roads` on uvicorn or granian, one worker."""
    options = {
        "uvicorn": ["--log-level", "error", "--no-access-log"],
        "granian": ["--interface", "asgi", "--no-log"],
    }[server]
    command = [sys.executable, "-m", server, "--host", "127.0.0.1", "--port", str(port), *options]
    with running([*command, "benchmarks.roads:application"], port, "/health", environment) as process:
        yield process


def processor_seconds(process: int) -> float:
    """Return what a process and its children have taken of the processor so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    return own + sum(processor_seconds(int(child)) for child in children)
