"""Short names for the fixtures of the plugin."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from verification.postgres.server import Server
    from verification.project.configuration import Configuration


@pytest.fixture(scope="session")
def configuration(verification_configuration: "Configuration") -> "Configuration":
    """What ``[tool.verification]`` says about the project under verification."""
    return verification_configuration


@pytest.fixture(scope="session")
def server(verification_server: "Server") -> "Server":
    """A running PostgreSQL server without TLS."""
    return verification_server
