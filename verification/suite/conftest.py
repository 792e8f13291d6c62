"""Fixtures of the suite: short names for those of the plugin, and the processes that several modules ask."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ..errors import CannotRun
from ..health.detectors.session import HealthSession
from ..health.load.options import NOT_CONFIGURED, Load
from ..health.load.run import LoadRun
from ..health.violating_project import configuration as violating_project
from ..postgres.server import Database, Server
from ..project.configuration import Configuration
from ..report.result import Check
from ..transport.project_connections import Sessions
from ..transport.tls_server import TlsTestServer
from .applicability import need, need_health, need_tls
from .gate import NotApplicable


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


WATCHES_THE_RUN = "test_whole_run"
"""The check that comes last, and whose server is asked from the first check on."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the check that watches the whole run at its end, after those that are measured beside others."""
    items.sort(key=lambda item: (item.name == WATCHES_THE_RUN, item.path.name == UNDER_LOAD))


UNDER_LOAD = "test_health_load.py"
"""Its measurements are made beside the checks that measure no latency themselves."""


@pytest.fixture(autouse=True)
def _load_beside(request: pytest.FixtureRequest) -> None:
    """Start the measurements under load when the other checks of health are over: modules come by their names."""
    if request.node.path.name > UNDER_LOAD and any(
        item.path.name == UNDER_LOAD for item in request.session.items
    ):
        with suppress(CannotRun, NotApplicable):  # the checks that ask for it say why
            request.getfixturevalue("load_run").start()


@pytest.fixture(scope="session")
def load_run(configuration: Configuration, health_path: str, server: Server) -> Iterator[LoadRun]:  # noqa: ARG001 - an error without one
    """The measurements under load."""
    load = Load.of(configuration)
    need(configuration, "load", exists=load is not None, lacks=NOT_CONFIGURED)
    assert load is not None
    with LoadRun(configuration, load, server) as run:
        yield run


@pytest.fixture(scope="session", autouse=True)
def _watched_run(request: pytest.FixtureRequest) -> None:
    """Start the project's servers with the first check, if the last one is to say what they did meanwhile."""
    if any(item.name == WATCHES_THE_RUN for item in request.session.items):
        with suppress(CannotRun, NotApplicable):  # the checks that ask for the project say why
            request.getfixturevalue("project").ask_steadily()


@pytest.fixture(scope="session")
def health_path(configuration: Configuration) -> str:
    """The path that probes request."""
    need_health(configuration)
    return configuration.health_path


@pytest.fixture(scope="session")
def health_database(server: Server) -> Iterator[Database]:
    """The database of all processes that are asked for their health."""
    with server.database() as database:
        yield database


@pytest.fixture(scope="session")
def project(
    configuration: Configuration, health_database: Database, health_path: str, pytestconfig: pytest.Config
) -> Iterator[HealthSession]:
    """The processes of the project under verification."""
    paths = {health_path: health_path}
    with HealthSession(configuration, health_database, paths, view=configuration.health_view) as session:
        yield session
        if reports := pytestconfig.getoption("--verification-reports"):
            Path(reports, "health-server.log").write_text(session.log(), encoding="utf-8")


@pytest.fixture(scope="session")
def control(
    configuration: Configuration,
    health_database: Database,
    health_path: str,  # noqa: ARG001 - without one there is nothing to control
) -> Iterator[HealthSession]:
    """The processes of the project that commits every violation, on the project's kind of server."""
    paths = violating_project.PATHS
    with HealthSession(
        violating_project.configuration(like=configuration), health_database, paths
    ) as session:
        yield session


@pytest.fixture(scope="session")
def _tls_applies(configuration: Configuration) -> None:
    """Ask for variables of TLS before a server is started for them."""
    need_tls(configuration)


@pytest.fixture(scope="session")
def case_server(_tls_applies: None, tls_server: Server) -> Iterator[TlsTestServer]:
    """The TLS server with certificates and rules for the cases."""
    with TlsTestServer(tls_server) as case_server:
        case_server.apply("good")
        yield case_server


@pytest.fixture(scope="session")
def sessions(configuration: Configuration, case_server: TlsTestServer) -> Iterator[Sessions]:
    """Processes of the project, with an empty home directory."""
    with Sessions(configuration, case_server.home) as sessions:
        yield sessions


@pytest.fixture(scope="session")
def tls_database(case_server: TlsTestServer) -> Database:
    """A database in the TLS server."""
    return Database(case_server.server, "postgres")
