"""The project ``store`` with rows in it, shared by the cases."""

from collections.abc import Iterator

import pytest

from verification.postgres.server import Server
from verification.tests.deploy.store import Store, store


@pytest.fixture(scope="package")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store, filled once."""
    with store(server, tmp_path_factory.mktemp("store")) as made:
        yield made
