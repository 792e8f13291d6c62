"""What is particular to the project under verification: the table ``[tool.verification]``."""

import os
import secrets
import sys
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from ..errors import CannotRun
from .subjects import POLICIES, SUBJECTS, check_names


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One project, as its ``pyproject.toml`` describes it.

    Paths are relative to ``root``. Empty text means "this project has none": the checks that would need it are not
    applicable, or errors if ``require`` names it.
    """

    root: Path
    settings: str = ""
    """Dotted name of the settings module."""
    paths: tuple[str, ...] = ()
    """Folders to put on ``sys.path`` before the settings are imported."""
    apps: tuple[str, ...] = ()
    """Labels of the project's own apps, whose migrations are verified; empty: every app."""
    require: tuple[str, ...] = ()
    """What must exist: without it its checks are errors instead of *not applicable*; names in ``subjects.py``."""
    policies: tuple[str, ...] = ()
    """What the project promises and other projects need not; names in ``subjects.py``."""
    data_steps: tuple[str, ...] = ()
    """Originals that are meant to change rows, as ``app.0001_name``; the report marks the others.

    One that is no original of a squash is a finding.
    """
    stops_on_rows: Mapping[str, str] = field(default_factory=dict)
    """Original that stops on every database with rows -> why that is right: no database had rows then, for example.

    One that is not named fails the gate; one that does not stop is a finding.
    """
    ignore: tuple[str, ...] = ()
    """Differences of schemas and rows that do not count, as ``--ignore`` names them."""
    models_ignore: Mapping[str, str] = field(default_factory=dict)
    """Difference of database and models -> why it is right, such as an index made by RunSQL; ``*`` stands for any text.

    An entry that no difference needs is a finding.
    """
    generated_names: bool = False
    """Constraints, indexes and sequences that mean the same are equal whatever their names."""
    readme: str = "README.md"
    """The file with the table of environment variables."""
    settings_file: str = ""
    """The file that reads the environment, and whose variables the README documents; empty: that of ``settings``."""
    environment_files: tuple[str, ...] = ()
    """Other files that read documented variables: the container's entry point, the HTTP server's settings."""
    health_path: str = "/health"
    """The path of the liveness probe; empty: none."""
    health_host: str = ""
    """Host header of your probes; empty: the pod's address, as the kubelet sends it."""
    health_scheme: str = "http"
    """``https`` where your probes speak TLS, or send what ``SECURE_PROXY_SSL_HEADER`` names."""
    health_view: str = ""
    """Dotted name of the view, called directly by the fastest of the latency checks."""
    health_baseline: str = ""
    """File with the latency of an earlier run, which the gate then holds the next ones to."""
    health_content_type: str = ""
    """Media type of the answers; empty: any."""
    health_schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the body of a healthy answer; empty: any body."""
    health_timestamp: str = ""
    """Member of that body with the time of the answer; empty: none."""
    health_failure_status: int = 0
    """Status of the answer when the inside of the view fails; 0: any of 500 and more."""
    health_failure_schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the body of that answer; empty: any body."""
    migrate_command: str = ""
    """The command of ``manage.py`` that applies the migrations in a deploy; empty: ``migrate``."""
    wsgi: str = ""
    """The WSGI application, as ``package.wsgi:application``."""
    asgi: str = ""
    """The ASGI application; the project is then served by ``server`` and not through ``wsgi``."""
    server: str = ""
    """gunicorn, uvicorn or granian; empty: uvicorn for ``asgi``, otherwise gunicorn."""
    gunicorn_config: str = ""
    """Gunicorn's configuration file."""
    celery_app: str = ""
    """The Celery application, as ``module:attribute``; empty: none."""
    reports: str = "reports"
    """The folder that the report is written to."""
    check_seconds: int = 300
    """Seconds that one check may take."""
    run_seconds: int = 3600
    """Seconds that a run of the gate may take."""
    generated_secrets: tuple[str, ...] = ()
    """Variables that get a random value (``random_secret``) when they are not set."""
    rows: Mapping[str, float] = field(default_factory=dict)
    """Table -> its rows for each row of the largest one, for production-like data."""
    row_count: int = 10_000
    """Rows of the largest table (ratio 1) where the gate measures the cost of each migration."""
    database_environment: Mapping[str, str] = field(default_factory=dict)
    """libpq's keyword (also: name, user, password, url) -> the project's variable for it.

    Without ``name`` and ``url`` the harness puts its database into the settings themselves.
    """
    load: Mapping[str, str] = field(default_factory=dict)
    """The request that the checks under load send; `verification/health/load/options.py` documents each key."""
    deploy: Mapping[str, Any] = field(default_factory=dict)
    """The base of the deploy gate, and the findings that are accepted; docs/deploy.md documents each key."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that every process of the project gets, unless already set."""

    def __post_init__(self) -> None:
        """Raise ``CannotRun`` for a name in ``require``, ``policies`` or ``server`` that is none."""
        file = self.root / "pyproject.toml"
        check_names(file, "require", self.require, SUBJECTS)
        check_names(file, "policies", self.policies, POLICIES)
        check_names(file, "server", filter(None, [self.server]), ("gunicorn", "uvicorn", "granian"))

    @property
    def application(self) -> str:
        """The application that is served: ``asgi`` if there is one, else ``wsgi``."""
        return self.asgi or self.wsgi

    @property
    def database_is_named(self) -> bool:
        """Whether variables say which database the project uses."""
        return bool({"name", "url"} & set(self.database_environment))

    def settings_module(self, named: str) -> str:
        """Return the settings module that a command names, else the project's. Raises ``CannotRun`` without one."""
        if named or self.settings:
            return named or self.settings
        raise CannotRun("no settings module is known", "name it with --settings, or in [tool.verification]")

    def settings_source(self) -> Path | None:
        """Return the file of the settings; None if there is none under that name."""
        if self.settings_file:
            return self.path(self.settings_file)
        parts = self.settings.split(".")
        for folder in (*self.paths, "."):
            place = self.root.joinpath(folder, *parts)
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if self.settings and file.is_file():
                    return file
        return None

    def path(self, relative: str) -> Path:
        """Return the absolute path of a file that the configuration names."""
        return self.root / relative

    def variables(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a process of this project, secrets generated where they are missing."""
        variables = dict(os.environ if base is None else base)
        for name, value in self.environment.items():
            variables.setdefault(name, value)
        for name in self.generated_secrets:
            if not variables.get(name):
                variables[name] = random_secret(name)
        if self.settings:
            variables["DJANGO_SETTINGS_MODULE"] = self.settings
        folders = [str(self.root / folder) for folder in (*self.paths, ".")]
        if variables.get("PYTHONPATH"):
            folders.append(variables["PYTHONPATH"])
        variables["PYTHONPATH"] = os.pathsep.join(folders)
        return variables

    def secrets(self) -> list[str]:
        """Return the values, in this process, of the variables that no report may show."""
        names = [*self.generated_secrets, self.database_environment.get("password", "")]
        return [os.environ[name] for name in names if os.environ.get(name)]

    def enter(self) -> None:
        """Make this very process one of the project's: its variables and its import path."""
        os.environ.update(self.variables())
        for folder in reversed((*self.paths, ".")):
            path = str((self.root / folder).resolve())
            if path not in sys.path:
                sys.path.insert(0, path)


def random_secret(name: str) -> str:
    """Return 64 characters for a ``SECRET_KEY`` (Django's check asks for 50), else a Fernet key (32 bytes, Base64)."""
    if name.upper().endswith("SECRET_KEY"):
        return secrets.token_urlsafe(48)
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def load(root: Path | None = None) -> Configuration:
    """Read the project's configuration; a project without the table gets the defaults.

    Raises ``CannotRun`` for a file that does not parse, a key that nobody reads and a value of a wrong type.
    """
    root = (root or Path.cwd()).resolve()
    file = root / "pyproject.toml"
    table: dict[str, Any] = {}
    if file.exists():
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("verification", {})
        except tomllib.TOMLDecodeError as error:
            raise CannotRun(f"{file}: not valid TOML ({error})", "fix the file") from None
    known = {each.name for each in fields(Configuration)} - {"root"}
    if unknown := sorted(set(table) - known):
        raise CannotRun(
            f"{file}: [tool.verification] has no key {unknown[0]!r}; known keys: {', '.join(sorted(known))}"
        )
    types = get_type_hints(Configuration)
    return Configuration(root=root, **{key: _typed(file, key, types[key], table[key]) for key in table})


def _typed(file: Path, key: str, wanted: Any, value: Any) -> Any:
    """Return a value of the table as the configuration holds it. Raises ``CannotRun`` for another type."""
    expected, fits = {
        str: ("a string", isinstance(value, str)),
        int: ("a whole number", type(value) is int),
        bool: ("true or false", type(value) is bool),
        tuple[str, ...]: (
            "a list of strings",
            isinstance(value, list) and all(isinstance(item, str) for item in value),
        ),
        Mapping[str, str]: (
            "a table of strings",
            isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
        ),
        Mapping[str, Any]: ("a table", isinstance(value, dict)),
        Mapping[str, float]: (
            "a table of numbers",
            isinstance(value, dict) and all(type(item) in {int, float} for item in value.values()),
        ),
    }[wanted]
    if not fits:
        raise CannotRun(f"{file}: [tool.verification] {key}: {value!r} is not {expected}", "fix the value")
    return tuple(value) if isinstance(value, list) else value
