"""One image, one whole system for the run; all of it is removed in the end."""

import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

import docker
import pytest
from cryptography.fernet import Fernet

from deploy.tests import engine
from deploy.tests.compose import Compose, read
from deploy.tests.shop import Shop

FOLDER: Final = Path(__file__).parent
TIMES: Final = {
    "SCANS_PER_ADDRESS_PER_MIN": "0",  # all customers are on this machine
    "DB_CONN_MAX_AGE": "1",
    "FAST_TRACK_INTERVAL_S": "1",
    "GUNICORN_WORKERS": "2",
    "PAYMENT_API_TIMEOUT_S": "1.5",
    "PAYMENT_CHECK_INTERVAL_S": "1",
}
"""What compose.yaml leaves at its default, made short, so that a lease (ten timeouts) can be awaited."""


@pytest.fixture(scope="session", autouse=True)
def _terminate_like_interrupt() -> Iterator[None]:
    """Turn SIGTERM into an interrupt, so that containers are removed."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """The engine."""
    client = engine.connect()
    engine.sweep(client)
    yield client
    client.close()


@pytest.fixture(scope="session")
def image(client: docker.DockerClient) -> Iterator[str]:
    """The id of the server's image, built from this checkout."""
    yield engine.build(client, "coffee-payments:test")
    client.images.prune(filters={"dangling": True, "label": engine.LABEL})


@pytest.fixture(scope="session")
def providers_image(client: docker.DockerClient) -> str:
    """The id of the image with the providers' local servers."""
    return engine.build(client, "coffee-providers:test", "providers")


@pytest.fixture(scope="session")
def secrets_given() -> dict[str, str]:
    """What an operator puts into .env, with ports that are free here."""
    web, yookassa, tbank, tmetr = map(str, engine.free_ports(4))
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "DB_PASSWORD": secrets.token_urlsafe(20),
        "TMETR_TOKEN": secrets.token_urlsafe(20),
        "WEB_PORT": web,
        "YOOKASSA_PORT": yookassa,
        "TBANK_PORT": tbank,
        "TMETR_PORT": tmetr,
    }


@pytest.fixture(scope="session")
def compose(secrets_given: dict[str, str]) -> Compose:
    """compose.yaml, filled in."""
    return read(engine.ROOT / "compose.yaml", secrets_given, TIMES)


@pytest.fixture(scope="session")
def system(
    client: docker.DockerClient, image: str, providers_image: str, compose: Compose
) -> Iterator[engine.System]:
    """All services of compose.yaml, healthy."""
    with engine.System(client) as system:
        system.up(compose, {"": image, "providers": providers_image})
        yield system


@pytest.fixture(scope="session")
def shop(system: engine.System, compose: Compose) -> Shop:
    """Merchants and devices in the running system, reached from outside."""
    return Shop.open(system, compose)


@pytest.fixture
def bench(client: docker.DockerClient) -> Iterator[engine.System]:
    """An empty network for single containers."""
    with engine.System(client) as bench:
        yield bench


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need the engine; the first one also waits for the image to be built."""
    for item in items:
        if FOLDER in item.path.parents and "client" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.container)
            item.add_marker(pytest.mark.timeout(900))
