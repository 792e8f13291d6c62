"""The pytest plugin: options, fixtures, and hooks that call the harness.

pytest loads it in every project in whose environment the harness is installed, so it imports nothing but pytest and
the standard library, and does nothing until a fixture or an option asks: a server starts when
``verification_server``, ``verification_tls_server`` or the database of pytest-django is first needed.

- With ``--verification-provider`` (or ``verification_provider`` in pytest's settings) the default database of
  the project's Django settings is on that server.
- With ``--verification-reports`` the run is the gate: each check is recorded and reported.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from .postgres.server import Server
    from .postgres.server_pool import ServerPool
    from .project.configuration import Configuration
    from .project.django_settings import ProjectSettings
    from .report.result import Check

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
        "--verification-since",
        metavar="REF",
        help="the revision that runs in production, for the checks deploy.*",
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
        from .postgres.server_pool import ServerPool

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
    """Make a run with ``--verification-reports`` a run of the gate; any other run needs nothing yet."""
    if config.getoption("--verification-reports") and not (
        config.getoption("help") or config.getoption("version")
    ):
        from .suite.gate_hooks import start_gate

        start_gate(config, server_pool(config), use_project)


def use_project(config: pytest.Config) -> None:
    """Load the project's settings and set Django up; its database waits for the first use."""
    if _settings in config.stash:
        return
    from .project.configuration import load
    from .project.django_settings import ProjectSettings

    settings = ProjectSettings(load(config.rootpath))
    settings.load(placeholder=provider(config) != "none")
    config.stash[_settings] = settings
    if settings.configuration.settings:
        import django

        # pytest-django sets Django up and blocks the database; it does so in this hook, when settings are loaded.
        plugin = config.pluginmanager.get_plugin("django")
        settings.start_apps(partial(plugin.pytest_configure, config) if plugin else django.setup)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Set Django up before the first test module of the project is imported, if a provider was chosen."""
    if not provider(parent.config) or HARNESS_TESTS in module_path.parents:
        return
    from .errors import CannotRun

    try:
        use_project(parent.config)
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
    """Tell a worker of pytest-xdist whom to ask for the server that all workers share, if a provider was chosen."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    if provider(config) not in {"", "none"}:
        node.workerinput[ADDRESS] = server_pool(config).share()  # type: ignore[attr-defined]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say where the server comes from."""
    return [f"verification: {server_pool(config).description}"] if provider(config) else []


@pytest.fixture(scope="session")
def verification_configuration(pytestconfig: pytest.Config) -> "Configuration":
    """What ``[tool.verification]`` says about the project under verification."""
    from .project.configuration import load

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
    from .suite.gate_hooks import check_of

    return check_of(request.node)
