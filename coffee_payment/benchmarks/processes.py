"""The servers under measurement: providers and gunicorn, each in processes of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
START_SECONDS: Final = 60


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, path: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a server until the body ends; the body begins when `path` is answered."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            _await(process, port, path)
            yield
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
) -> Iterator[None]:
    """Run the payments server as in production, unless gunicorn's `options` change it."""
    config = ROOT.parent / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "-c", str(config), "--bind", f"127.0.0.1:{port}", *options]
    with running(command, port, "/health", {"GUNICORN_WORKERS": str(workers), **environment}):
        yield


def _await(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:  # noqa: PLR2004 - OK
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"no server answers on port {port}")
