"""What a project has, as ``[tool.verification]`` says it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ..environment import readme
from ..errors import CannotRun
from ..processes.child import Child
from ..project.configuration import Configuration
from ..project.environment import clean_environment
from ..report.redaction import redact
from . import project_files
from .missing_variables import is_secret, value_for, variable_in

TRIES: Final = 60
"""Variables that settings may need before they load."""
LOOK_SECONDS: Final = 300.0
"""How long the project may take to start: some do not within a minute on a busy machine."""
SERVERS: Final = ("gunicorn", "uvicorn", "granian")
READMES: Final = ("README.md", "Readme.md", "readme.md", "docs/README.md", "docs/configuration.md")
_POSTGRES: Final = "postg"


@dataclass
class Discovery:
    """The table that describes a project, and what a person should know of it."""

    table: dict[str, Any] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    """One line for each thing that was found."""
    absent: list[str] = field(default_factory=list)
    """One line for each thing that was not, and for what needs a look."""


def discover(root: Path, *, settings: str = "", environment: Mapping[str, str] | None = None) -> Discovery:
    """Look at a project with these variables.

    Raises ``CannotRun`` if it names no settings, or if they do not load whatever is set.
    """
    manage = next(iter(project_files.files_named(root, "manage.py")), None)
    if not (settings or manage or project_files.settings_named(root, None)):
        raise CannotRun(
            f"{root}: no manage.py and no file that names DJANGO_SETTINGS_MODULE",
            "run init in the project's folder, or name the settings with --settings mysite.settings",
        )
    discovery = Discovery()
    seen, variables = _loaded(root, manage, settings, environment or {})
    table = discovery.table
    table["settings"] = seen["settings"]
    if paths := seen["paths"]:
        table["paths"] = paths
    discovery.found.append(f"settings: {seen['settings']}")
    _apps(discovery, seen)
    _application(discovery, seen, root, paths)
    _health(discovery, seen)
    _celery(discovery, root, paths)
    _readme(discovery, root)
    _variables(discovery, variables)
    return discovery


def _loaded(
    root: Path, manage: Path | None, settings: str, given: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Let a process of the project look, with more variables until its settings load; return those variables too."""
    variables = dict(given)
    tries: dict[str, int] = {}
    paths = [str(manage.parent.relative_to(root))] if manage and manage.parent != root else []
    use_manage = manage is not None
    for _ in range(TRIES):
        named = settings or ("" if use_manage else project_files.settings_named(root, manage))
        seen = _look(root, str(manage) if use_manage else "", named, paths, variables)
        if "error" not in seen:
            return seen, variables
        if use_manage and not settings and not seen["settings"]:
            use_manage = False  # it does something else than Django's own; its text names the settings
            continue
        name = variable_in(seen["error"], seen["kind"]) or _with_value(variables, seen["error"])
        if not name or name in given or tries.get(name, 0) > 3:  # noqa: PLR2004 - values that were tried
            message = redact(" ".join(str(seen["error"]).split()))
            raise CannotRun(
                f"settings module {seen['settings'] or named or 'unknown'}: {seen['kind']}: {message}",
                "write what it needs into [tool.verification.environment] and run init --force, install it, "
                "or name other settings with --settings",
            )
        variables[name] = value_for(name, tries.get(name, 0))
        tries[name] = tries.get(name, 0) + 1
    raise CannotRun(
        f"settings need more than {TRIES} variables", "set them in [tool.verification.environment]"
    )


def _with_value(variables: Mapping[str, str], message: str) -> str:
    """Return the variable that was set last of those whose value an error shows; empty: it shows none."""
    return next((name for name in reversed(list(variables)) if variables[name] in message), "")


def _look(
    root: Path, manage: str, settings: str, paths: list[str], variables: Mapping[str, str]
) -> dict[str, Any]:
    environment = clean_environment(Configuration(root=root, paths=tuple(paths))) | dict(variables)
    request = {"manage": manage, "settings": settings, "root": str(root), "paths": [*paths, "."]}
    with Child(
        f"{root}: the project cannot be looked at",
        [sys.executable, "-m", f"{__package__}.look"],
        environment=environment,
        directory=root,
    ) as child:
        answer = child.ask(request, LOOK_SECONDS)
    answer.setdefault("paths", [])
    answer["paths"] = sorted({*paths, *answer["paths"]})
    return answer


def _apps(discovery: Discovery, seen: Mapping[str, Any]) -> None:
    apps: Mapping[str, list[str]] = seen["apps"]
    if apps:
        discovery.table["apps"] = sorted(apps)
        discovery.found.append(f"apps: {', '.join(sorted(apps))}")
    else:
        discovery.absent.append("no app of the project has models: the checks of schemas look at all apps")
    squashed = [f"{label}.{name}" for label, names in sorted(apps.items()) for name in sorted(names)]
    if squashed:
        discovery.found.append(f"squashes: {', '.join(squashed)}")
    else:
        discovery.absent.append("no squash: its checks are not applicable")
    others = [alias for alias, engine in seen["databases"].items() if _POSTGRES not in engine]
    if others:
        discovery.absent.append(
            f"database {', '.join(others)}: not on PostgreSQL in these settings; the gate puts it there"
        )


def _application(discovery: Discovery, seen: Mapping[str, Any], root: Path, paths: list[str]) -> None:
    """Choose what is served, and by which server: what the project starts, else what is installed."""
    found = {kind: _dotted(seen[kind]) or _from_file(root, f"{kind}.py", paths) for kind in ("wsgi", "asgi")}
    started = project_files.server_started(root)
    installed = [server for server in SERVERS if find_spec(server)]
    server = started or next(iter(installed), "")
    asynchronous = found["asgi"] and (server == "uvicorn" or (server == "granian" and not found["wsgi"]))
    asynchronous = asynchronous or (seen["asgi"] and not seen["wsgi"])
    kind = "asgi" if asynchronous or not found["wsgi"] else "wsgi"
    if not found[kind]:
        discovery.absent.append("no WSGI or ASGI application: the checks of health are not applicable")
        return
    discovery.table[kind] = found[kind]
    if server and server != ("uvicorn" if kind == "asgi" else "gunicorn"):
        discovery.table["server"] = server
    config = next(iter(project_files.files_named(root, "gunicorn.conf.py", 2)), None)
    if config and server == "gunicorn":
        discovery.table["gunicorn_config"] = str(config.relative_to(root))
    discovery.found.append(f"application: {found[kind]}" + (f", served by {server}" if server else ""))
    if not server or not find_spec(server):
        lacking = f"{server} is not" if server else f"none of {', '.join(SERVERS)} is"
        discovery.absent.append(f"{lacking} installed here: the checks of health are not applicable")


def _dotted(setting: str) -> str:
    module, _, name = setting.rpartition(".")
    return f"{module}:{name}" if module else ""


def _from_file(root: Path, name: str, paths: list[str]) -> str:
    file = next(iter(project_files.files_named(root, name)), None)
    return f"{project_files.module_of(file, root, paths)}:application" if file else ""


def _health(discovery: Discovery, seen: Mapping[str, Any]) -> None:
    discovery.table["health_path"] = seen["health_path"]
    if seen["health_path"]:
        discovery.found.append(f"health path: {seen['health_path']}")
        if seen["health_view"]:
            discovery.table["health_view"] = seen["health_view"]
        return
    answers: dict[str, list[str]] = {}
    for path, answer in seen["unhealthy"].items():
        answers.setdefault(answer, []).append(path)
    said = [f"{', '.join(paths)}: {answer}" for answer, paths in answers.items()]
    discovery.absent.append(
        f"no health path that answers 200 without a database ({'; '.join(said) or 'none such as /health'}): "
        "its checks are not applicable"
    )


def _celery(discovery: Discovery, root: Path, paths: list[str]) -> None:
    application = project_files.celery_application(root, paths) if find_spec("celery") else ""
    if application:
        discovery.table["celery_app"] = application
        discovery.found.append(f"Celery: {application}")
    else:
        discovery.absent.append("no Celery application")


def _readme(discovery: Discovery, root: Path) -> None:
    names = [name for name in READMES if readme.has_table(root / name)]
    if names:
        discovery.table["readme"] = names[0]
        discovery.found.append(f"table of environment variables: {names[0]}")
        others = [name for name in ("gunicorn.conf.py", "entrypoint.sh") if (root / name).is_file()]
        if others:
            discovery.table["environment_files"] = others
    else:
        discovery.absent.append(
            "no table of environment variables in a README: its checks are not applicable"
        )


def _variables(discovery: Discovery, variables: Mapping[str, str]) -> None:
    if secrets := sorted(name for name in variables if is_secret(name)):
        discovery.table["generated_secrets"] = secrets
    if others := {name: value for name, value in variables.items() if not is_secret(name)}:
        discovery.table["environment"] = others
    if variables:
        discovery.found.append(f"variables that the settings need: {', '.join(sorted(variables))}")
