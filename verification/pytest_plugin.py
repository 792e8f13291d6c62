"""The pytest plugin: options, fixtures, and hooks that call the harness.

pytest loads it in every project in whose environment the harness is installed, so it imports nothing but pytest and
the standard library, and does nothing until a fixture or an option asks: a server starts when
``verification_server``, ``verification_tls_server`` or the database of pytest-django is first needed.

- With ``--verification-provider`` (or ``verification_provider`` in pytest's settings) the default database of
  the project's Django settings is on that server.
- With ``--verification-reports`` the run is the gate: each check is recorded and reported.
"""

import shlex
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from verification.postgres.server import Server
    from verification.postgres.server_pool import ServerPool
    from verification.project.configuration import Configuration
    from verification.project.django_settings import ProjectSettings
    from verification.report.result import Check
    from verification.suite.gate import GateRun

PROVIDERS: Final = ("auto", "container", "embedded", "existing", "none")
HARNESS_TESTS: Final = Path(__file__).parent / "tests"
DATABASE_FIXTURES: Final = frozenset(
    {
        "django_db_modify_db_settings_tox_suffix",
        "django_db_modify_db_settings_xdist_suffix",
        "django_db_modify_db_settings",
        "django_db_setup",
    }
)
"""Fixtures of pytest-django that read or use the settings of the database; a project may override each."""
ADDRESS: Final = "verification_server"
"""Key of ``workerinput`` under which a worker of pytest-xdist finds the process that starts the server."""

_pool: "Final[pytest.StashKey[ServerPool]]" = pytest.StashKey()
_settings: "Final[pytest.StashKey[ProjectSettings]]" = pytest.StashKey()
_run: "Final[pytest.StashKey[GateRun]]" = pytest.StashKey()
_check: "Final[pytest.StashKey[Check]]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; each has the prefix ``verification``."""
    group = parser.getgroup("verification", "verification on real PostgreSQL servers")
    group.addoption(
        "--verification-provider",
        choices=PROVIDERS,
        help="where the PostgreSQL server comes from; the project's default database is then on it; "
        "none: the project's own database settings",
    )
    group.addoption(
        "--verification-postgres", type=int, metavar="MAJOR", help="major version of PostgreSQL, such as 17"
    )
    group.addoption(
        "--verification-dsn", metavar="URL", help="the server of provider 'existing', as a postgresql:// URL"
    )
    group.addoption(
        "--verification-rows",
        type=int,
        metavar="N",
        help="rows of the largest table where the cost of migrations is measured",
    )
    group.addoption(
        "--verification-reports", metavar="DIRECTORY", help="run as the gate and write its reports there"
    )
    group.addoption("--verification-command", metavar="TEXT", help="the command that the reports show")
    parser.addini("verification_provider", "the default of --verification-provider", default="")


def provider(config: pytest.Config) -> str:
    """Return the provider that was chosen by option or setting; empty if none was."""
    return str(config.getoption("--verification-provider") or config.getini("verification_provider"))


def server_pool(config: pytest.Config) -> "ServerPool":
    """Return the servers of this run; none of them starts before it is asked for."""
    if _pool not in config.stash:
        from verification.postgres.server_pool import ServerPool

        pool = ServerPool(
            provider(config) or "auto",
            major=config.getoption("--verification-postgres"),
            dsn=config.getoption("--verification-dsn"),
            shared=getattr(config, "workerinput", {}).get(ADDRESS),
        )
        config.stash[_pool] = pool
        config.add_cleanup(pool.close)
    return config.stash[_pool]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of the gate; any other run needs nothing yet."""
    directory = config.getoption("--verification-reports")
    if not directory or config.getoption("help") or config.getoption("version"):
        return
    from verification.errors import CannotRun
    from verification.project.configuration import load
    from verification.suite.gate import GateRun

    if config.getoption("dist", "no") != "no" or config.getoption("looponfail", default=False):
        raise pytest.UsageError("the gate runs its checks in one process; omit -n, --dist and --looponfail")
    command = config.getoption("--verification-command") or shlex.join(
        ("pytest", *config.invocation_params.args)
    )
    try:
        configuration = load(config.rootpath)
        pool = server_pool(config)
        config.stash[_run] = GateRun(configuration, Path(directory), command, pool.secrets)
        if pool.dsn or pool.provider == "existing":
            pool.choose()
        _use_project(config)
    except CannotRun as error:
        if _run in config.stash:
            config.stash[_run].reason = str(error)
            config.stash[_run].finish(pytest.ExitCode.USAGE_ERROR)
        raise pytest.UsageError(str(error)) from None


def _use_project(config: pytest.Config) -> None:
    """Load the project's settings and set Django up; its database waits for the first use."""
    if _settings in config.stash:
        return
    from verification.project.configuration import load
    from verification.project.django_settings import ProjectSettings

    settings = ProjectSettings(load(config.rootpath))
    settings.load(placeholder=provider(config) != "none")
    config.stash[_settings] = settings
    if settings.configuration.settings:
        # pytest-django sets Django up and blocks the database; it does so in this hook, when settings are loaded.
        if plugin := config.pluginmanager.get_plugin("django"):
            plugin.pytest_configure(config)
        else:
            import django

            django.setup()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Set Django up before the first test module of the project is imported, if a provider was chosen."""
    if not provider(parent.config) or HARNESS_TESTS in module_path.parents:
        return
    from verification.errors import CannotRun

    try:
        _use_project(parent.config)
    except CannotRun as error:
        raise parent.CollectError(str(error)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    """Start the server before the fixture that first needs the project's database."""
    config = request.config
    if fixturedef.argname in DATABASE_FIXTURES and _settings in config.stash and provider(config) != "none":
        config.stash[_settings].use_database(server_pool(config).django_database())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist whom to ask for the server that all workers share."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    if provider(config) != "none":
        node.workerinput[ADDRESS] = server_pool(config).share()  # type: ignore[attr-defined]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say where the server comes from."""
    return [f"verification: {server_pool(config).description}"] if provider(config) else []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count the checks of the gate before others deselect some."""
    if _run in config.stash:
        from verification.errors import CannotRun

        try:
            config.stash[_run].count(items)
        except CannotRun as error:
            config.stash[_run].reason = str(error)
            raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Record what could not be collected, and what was skipped as a whole: its checks do not run."""
    report = yield
    if not report.passed and _run in collector.config.stash:
        collector.config.stash[_run].record_collection(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Start the servers that the selected checks need, so that a run without a server ends before its first check."""
    if _run not in session.config.stash:
        return
    run = session.config.stash[_run]
    if session.testsfailed and not session.config.getoption("continue_on_collection_errors"):
        return
    if session.config.getoption("collectonly"):
        run.reason = "--collect-only runs no check"
        return
    run.selected = len(session.items)
    from verification.errors import CannotRun

    needed = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    try:
        server_pool(session.config).start(
            plain=bool(needed & {"verification_server", "django_db_setup"}),
            tls="verification_tls_server" in needed,
        )
    except CannotRun as error:
        run.reason = str(error)
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the check of each test of the gate."""
    if _run in item.config.stash:
        from verification.suite.gate import open_check

        item.stash[_check] = open_check(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record each phase of a test of the gate."""
    report = yield
    if _check in item.stash and _run in item.config.stash:
        from verification.suite.gate import is_check

        run, check = item.config.stash[_run], item.stash[_check]
        run.record_phase(check, report, call)
        if report.when == "teardown":
            run.record_end(check, required=is_check(item))
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End the run: the exit status of the gate is that of its result, not of its tests alone."""
    if _run in session.config.stash:
        run = session.config.stash[_run]
        run.provenance["postgresql"] = server_pool(session.config).description
        session.exitstatus = run.finish(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the result of the gate as a table."""
    if _run in config.stash:
        config.stash[_run].show(terminalreporter)


@pytest.fixture(scope="session")
def verification_configuration(pytestconfig: pytest.Config) -> "Configuration":
    """What ``[tool.verification]`` says about the project under verification."""
    from verification.project.configuration import load

    return load(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def verification_server(pytestconfig: pytest.Config) -> "Server":
    """A running PostgreSQL server without TLS, shared by the whole run."""
    return server_pool(pytestconfig).plain()


@pytest.fixture(scope="session")
def verification_tls_server(pytestconfig: pytest.Config) -> "Server":
    """A running PostgreSQL server that offers TLS, with its authority; shared by the whole run."""
    return server_pool(pytestconfig).tls()


@pytest.fixture
def verification_check(request: pytest.FixtureRequest) -> "Check":
    """The check that the running test stands for: record the evidence in it."""
    from verification.suite.gate import open_check

    check: Check = request.node.stash.setdefault(_check, open_check(request.node))
    return check
