"""Short names for the fixtures of the plugin."""

import pytest

from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.report.result import Check


@pytest.fixture(scope="session")
def configuration(verification_configuration: Configuration) -> Configuration:
    """What ``[tool.verification]`` says about the project under verification."""
    return verification_configuration


@pytest.fixture(scope="session")
def server(verification_server: Server) -> Server:
    """A running PostgreSQL server without TLS."""
    return verification_server


@pytest.fixture(scope="session")
def tls_server(verification_tls_server: Server) -> Server:
    """A running PostgreSQL server with TLS."""
    return verification_tls_server


@pytest.fixture
def check(verification_check: Check) -> Check:
    """The check that the running test stands for."""
    return verification_check
