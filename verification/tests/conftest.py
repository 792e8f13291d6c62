"""Short names for the fixtures of the plugin, and a quick way to run the command line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from verification.postgres.server import Server
    from verification.project.configuration import Configuration
    from verification.tests.suite.gate_runs import Runs


@pytest.fixture(scope="session")
def configuration(verification_configuration: "Configuration") -> "Configuration":
    """What ``[tool.verification]`` says about the project under verification."""
    return verification_configuration


@pytest.fixture(scope="session")
def server(verification_server: "Server") -> "Server":
    """A running PostgreSQL server without TLS."""
    return verification_server


@pytest.fixture(scope="session")
def runs() -> "Iterator[Runs]":
    """Run the command line, each time in a process of its own."""
    from verification.tests.suite.gate_runs import Runs

    runs = Runs()
    yield runs
    runs.close()
