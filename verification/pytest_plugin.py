"""The pytest plugin: options, fixtures and the wiring to the harness; the logic is elsewhere.

Load it in the root ``conftest.py``: ``pytest_plugins = ["verification.pytest_plugin"]``.
"""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

import pytest

from verification.errors import CannotRun
from verification.postgres import server_pool
from verification.postgres.server import Server
from verification.project.configuration import Configuration, load
from verification.project.settings import load_settings
from verification.report.result import Check
from verification.suite.gate import SuiteRun

SUITE: Final = Path(__file__).parent / "suite"
CONFIGURATION: Final = pytest.StashKey[Configuration]()
SERVERS: Final = pytest.StashKey[server_pool.Servers]()
RUN: Final = pytest.StashKey[SuiteRun]()
CHECK: Final = pytest.StashKey[Check]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line's ``run``."""
    group = parser.getgroup("verification", "verification on real PostgreSQL servers")
    group.addoption(
        "--provider",
        choices=("auto", "container", "embedded", "existing", "none"),
        default="auto",
        help="where PostgreSQL comes from; none: the project's own database settings (default: auto)",
    )
    group.addoption("--postgres", type=int, metavar="MAJOR", help="major version of PostgreSQL, such as 17")
    group.addoption("--dsn", help="the server of provider 'existing', as a postgresql:// URL")
    group.addoption(
        "--rows", type=int, metavar="N", help="rows of the largest table where migrations are measured"
    )
    group.addoption("--verification-reports", metavar="DIRECTORY", help="write the gate's reports there")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server and load the project's settings on it, before pytest-django sets Django up."""
    try:
        configuration = load(config.rootpath)
        configuration.enter()
        config.stash[CONFIGURATION] = configuration
        config.stash[SERVERS] = server_pool.prepare(
            provider=config.getoption("--provider"),
            major=config.getoption("--postgres"),
            dsn=config.getoption("--dsn"),
            worker=hasattr(config, "workerinput"),
            both=bool(config.getoption("--verification-reports")),
        )
        config.add_cleanup(config.stash[SERVERS].close)
        if configuration.settings:
            load_settings(configuration, config.stash[SERVERS].django_database())
        if directory := config.getoption("--verification-reports"):
            config.stash[RUN] = SuiteRun(configuration, Path(directory), config.stash[SERVERS])
    except CannotRun as error:
        raise pytest.UsageError(str(error)) from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which server the run stands on, and why that one."""
    return [f"postgresql: {config.stash[SERVERS].description}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without PostgreSQL (``--provider none``) deselect what needs it; without an engine skip and say so."""
    if config.getoption("--provider") == "none":
        left_out = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    in_containers = [item for item in items if item.get_closest_marker("container")]
    if in_containers and (obstacle := server_pool.container_obstacle()):
        for item in in_containers:
            item.add_marker(pytest.mark.skip(reason=obstacle))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the check that a test of the gate stands for; a project's own tests join by asking for one."""
    if SUITE in item.path.parents or "check" in getattr(item, "fixturenames", ()):
        item.stash[CHECK] = SuiteRun.open_check(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Close the check with the outcome of its test."""
    report = yield
    if CHECK in item.stash and RUN in item.config.stash:
        item.config.stash[RUN].take(item.stash[CHECK], report, call)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Close the run: the gate's exit status is that of its result, not of its tests alone."""
    if RUN in session.config.stash:
        session.exitstatus = session.config.stash[RUN].finish(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the result as a table."""
    if RUN in config.stash:
        config.stash[RUN].show(terminalreporter)


@pytest.fixture(scope="session")
def configuration(pytestconfig: pytest.Config) -> Configuration:
    """What is particular to the project under verification."""
    return pytestconfig.stash[CONFIGURATION]


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """A running PostgreSQL server without TLS, shared by the whole run."""
    return pytestconfig.stash[SERVERS].plain()


@pytest.fixture(scope="session")
def tls_server(pytestconfig: pytest.Config) -> Server:
    """A running PostgreSQL server that offers TLS, with its authority; shared by the whole run."""
    return pytestconfig.stash[SERVERS].tls()


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Check:
    """The check that the running test of the gate stands for: put the evidence into it."""
    found: Check = request.node.stash[CHECK]
    return found


@pytest.fixture(scope="session", autouse=True)
def _junit_properties(
    pytestconfig: pytest.Config, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Hand the run a way to put its figures into junit.xml, as properties of the suite."""
    if RUN in pytestconfig.stash:
        pytestconfig.stash[RUN].record_property = record_testsuite_property
