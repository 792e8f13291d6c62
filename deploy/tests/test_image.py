"""The image: small, without root or tools; a container starts, answers and stops as it should."""

import json
import re
from collections.abc import Iterator
from typing import Final

import docker
import pytest
import requests
from docker.models.containers import Container

from deploy.tests.engine import System, free_ports, wait_for

BASE: Final = "python:3.12-slim"
LARGEST_ADDED: Final = 130 * 1024 * 1024
"""What the server and its libraries may add to the base image."""
MINIMAL: Final = {
    "SECRET_KEY": "k" * 60,
    "CREDENTIALS_ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "SKIP_MIGRATIONS": "true",
    "GUNICORN_WORKERS": "2",
}
TOOLS: Final = (
    "pip",
    "pip3",
    "gcc",
    "cc",
    "g++",
    "make",
    "ld",
    "cmake",
    "rustc",
    "cargo",
    "git",
    "curl",
    "wget",
)
_LOOK: Final = """
import importlib.util, json, os, pathlib, shutil, sys
tools = {0!r}
print(json.dumps({{
    "uid": os.getuid(),
    "tools": [tool for tool in tools if shutil.which(tool)],
    "modules": [name for name in ("pip", "ensurepip", "setuptools", "pytest", "requests", "provider_servers") if importlib.util.find_spec(name)],
    "writable": [top for top in ("/", "/srv", "/srv/coffee_payment", "/opt/server", "/usr", "/etc", "/var")
                 if os.access(top, os.W_OK)],
    "leftovers": [str(path) for path in pathlib.Path("/srv").rglob("*")
                  if path.name in {{"tests", "benchmarks", "provider_servers", "docs", ".git", ".env", "db.sqlite3"}}
                  or path.suffix in {{".pem", ".key"}}],
    "static": pathlib.Path("/srv/coffee_payment/staticfiles/admin").is_dir(),
}}))
"""


@pytest.fixture(scope="module")
def web(client: docker.DockerClient, image: str) -> Iterator[tuple[Container, str]]:
    """A web container with a read-only root file system and without a database, and its address."""
    (port,) = free_ports(1)
    with System(client) as bench:
        container = bench.run(
            image,
            environment=MINIMAL,
            read_only=True,
            tmpfs={"/tmp": ""},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            ports={"8000/tcp": ("127.0.0.1", port)},
        )
        yield container, f"http://127.0.0.1:{port}"


def test_becomes_healthy_by_its_own_check(web: tuple[Container, str]) -> None:
    """The image's HEALTHCHECK turns healthy while the root file system is read-only."""
    container, _ = web

    def healthy() -> bool:
        container.reload()
        return bool(container.attrs["State"]["Health"]["Status"] == "healthy")

    wait_for("the container's health", healthy, within=60)


@pytest.mark.parametrize("host", ["10.244.1.7:8000", "coffee.example", "127.0.0.1"])
def test_health_answers_from_outside_to_any_host(web: tuple[Container, str], host: str) -> None:
    """Probes ask with the pod's address as Host."""
    _await_web(web[1])
    answer = requests.get(f"{web[1]}/health", headers={"Host": host}, timeout=5, allow_redirects=False)
    assert answer.status_code == 200
    assert answer.json()["status"] == "healthy"


def test_other_pages_refuse_an_unknown_host(web: tuple[Container, str]) -> None:
    """Only /health is open to any Host."""
    _await_web(web[1])
    assert requests.get(f"{web[1]}/v1/pay", headers={"Host": "10.244.1.7"}, timeout=5).status_code == 400


def test_serves_static_files(web: tuple[Container, str]) -> None:
    """The files collected at build are served without another server."""
    _await_web(web[1])
    for path in ("payments/page.css", "payments/order_status.js", "admin/css/base.css"):
        assert requests.get(f"{web[1]}/static/{path}", timeout=5).status_code == 200, path


def test_sigterm_ends_it_within_the_grace_period(web: tuple[Container, str]) -> None:
    """`docker stop` needs no SIGKILL, with clients connected: the server, not a shell, is the first process."""
    container, address = web
    _await_web(address)
    with requests.Session() as kept:
        assert kept.get(f"{address}/health", timeout=5).ok
        container.stop(timeout=60)
        assert container.wait()["StatusCode"] == 0
    assert "Shutting down" in container.logs().decode().splitlines()[-1]
    container.start()
    _await_web(address)


def test_holds_no_root_no_tools_no_leftovers(bench: System, image: str) -> None:
    """It runs as an ordinary user, who cannot write and has no build tools; no test or fake provider is in it."""
    seen = json.loads(_output(bench, image, "python", "-c", _LOOK.format(TOOLS)))
    assert seen == {
        "uid": 10001,
        "tools": [],
        "modules": [],
        "writable": [],
        "leftovers": [],
        "static": True,
    }


def test_the_providers_are_an_image_of_their_own(bench: System, providers_image: str) -> None:
    """It runs without root and holds their code and nothing of the server's."""
    code = (
        "import importlib.util, json, os, provider_servers; "
        "print(json.dumps([os.getuid(), sorted(os.listdir('/srv')), "
        "[n for n in ('django', 'payments', 'requests') if importlib.util.find_spec(n)]]))"
    )
    container = bench.run(providers_image, "-c", code, entrypoint="python", read_only=True)
    status = container.wait(timeout=60)["StatusCode"]
    output = container.logs().decode()
    assert (status, json.loads(output)) == (0, [10001, ["provider_servers"], []])


def test_stays_small(client: docker.DockerClient, image: str) -> None:
    """Server and libraries add little to the base image."""
    added = client.images.get(image).attrs["Size"] - client.images.get(BASE).attrs["Size"]
    assert added < LARGEST_ADDED, f"{added / 1024**2:.0f} MiB"


def test_holds_no_secret(client: docker.DockerClient, image: str) -> None:
    """Neither the history of the layers nor the configuration names one."""
    found = client.images.get(image)
    secret = re.compile(r"(?i)(secret|password|token|private|_key)\w*\s*=")
    assert not [entry for entry in found.attrs["Config"]["Env"] if secret.search(entry)]
    assert not [entry["CreatedBy"] for entry in found.history() if secret.search(entry["CreatedBy"] or "")]


def test_passes_arguments_on_word_for_word(bench: System, image: str) -> None:
    """The container's arguments are the command, with spaces, quotes and dollars untouched."""
    words = ["two words", "$HOME", "'quoted'", "*", ""]
    code = "import json, sys; print(json.dumps(sys.argv[1:]))"
    assert json.loads(_output(bench, image, "python", "-c", code, *words)) == words


def test_passes_the_exit_status_on(bench: System, image: str) -> None:
    """The container ends with the exit status of the command."""
    container = bench.run(image, "python", "-c", "raise SystemExit(7)", environment=MINIMAL)
    assert container.wait(timeout=60)["StatusCode"] == 7


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"RUN_MODE": "produktion"}, "RUN_MODE"),
        ({"GUNICORN_WORKERS": "many"}, "GUNICORN_WORKERS"),
    ],
)
def test_says_which_variable_is_wrong(bench: System, image: str, given: dict[str, str], named: str) -> None:
    """A container that cannot start names the variable and ends."""
    container = bench.run(image, environment=MINIMAL | given)
    assert container.wait(timeout=60)["StatusCode"] != 0
    assert named in container.logs().decode()


def _await_web(address: str) -> None:
    def answers() -> bool:
        try:
            return requests.get(f"{address}/health", timeout=2).ok
        except requests.RequestException:
            return False

    wait_for("the web server", answers, within=60)


def _output(bench: System, image: str, *command: str) -> str:
    container = bench.run(image, *command, environment=MINIMAL)
    status = container.wait(timeout=60)["StatusCode"]
    output = container.logs().decode()
    assert status == 0, output
    return str(output)
