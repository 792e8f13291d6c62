"""Variables that deployment files set: ``.env.example``, compose, Kubernetes."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import CannotRun
from ..extras import require
from .image import image_variables

_ENTRY: Final = re.compile(r"^\s*(?P<off>#\s?)?(?:export\s+)?(?P<name>[A-Z_][A-Z0-9_]*)=(?P<value>.*)$")
_REFERENCE: Final = re.compile(r"\$(?:\{\w+(?P<operator>:?[-?+])?(?P<word>[^}]*)\}|\w+)")
COMPOSE: Final = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
KUBERNETES: Final = ("deploy/kubernetes", "kubernetes", "k8s")
_TEMPLATE_KINDS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"})


@dataclass(frozen=True)
class Setting:
    """One variable that a file sets; ``value`` None: it is named, and its value comes from elsewhere."""

    variable: str
    value: str | None
    where: str


@dataclass(frozen=True)
class Deployment:
    """The variables that one file, or one folder of manifests, sets for the project's processes."""

    shown: str
    settings: tuple[Setting, ...]
    complete: bool
    """Whether it passes on a whole ``.env`` file, so that any variable can be set."""
    lists_all: bool
    """Whether it must name every variable (``.env.example``), not only those without a default."""


def find(root: Path) -> list[Deployment]:
    """Return the deployment files of a project. Raises ``CannotRun`` if one does not parse."""
    deployments: list[Deployment] = []
    if (file := root / ".env.example").is_file():
        deployments.append(Deployment(".env.example", tuple(_dotenv(file)), complete=False, lists_all=True))
    if (file := root / "Dockerfile").is_file():
        settings = tuple(Setting(name, value, where) for name, value, where in image_variables(file))
        deployments.append(Deployment("Dockerfile", settings, complete=True, lists_all=False))
    deployments += [_compose(root / name, name) for name in COMPOSE if (root / name).is_file()]
    deployments += [_kubernetes(root / name, name) for name in KUBERNETES if (root / name).is_dir()]
    return deployments


def _dotenv(file: Path) -> Iterator[Setting]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if match := _ENTRY.match(line):
            value = None if match["off"] else match["value"].strip().strip("\"'")
            yield Setting(match["name"], value, f"{file.name}:{number}")


def _documents(file: Path) -> list[Any]:
    require("run", file.name)
    import yaml

    try:
        return [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CannotRun(f"{file}{line}: is not valid YAML", "fix the file") from None


def _compose(file: Path, shown: str) -> Deployment:
    document: Mapping[str, Any] = next(iter(_documents(file)), {})
    services: Mapping[str, Any] = document.get("services") or {}
    images = {service.get("image") for service in services.values() if service.get("build")} - {None}
    settings: list[Setting] = []
    complete = False
    for name, service in services.items():
        if not service.get("build") and service.get("image") not in images:
            continue  # another image (the database, the broker)
        complete = complete or bool(service.get("env_file"))
        where = f"{shown}: service {name}"
        settings += [
            Setting(key, _literal(value), where) for key, value in _pairs(service.get("environment"))
        ]
    return Deployment(shown, tuple(settings), complete=complete, lists_all=False)


def _pairs(environment: Mapping[str, Any] | Sequence[str] | None) -> Iterator[tuple[str, Any]]:
    if isinstance(environment, Mapping):
        yield from environment.items()
    for entry in environment or () if not isinstance(environment, Mapping) else ():
        name, equals, value = str(entry).partition("=")
        yield name, value if equals else None


def _literal(value: Any) -> str | None:
    """Return the value in the file itself; None if it comes from the environment of the deployment."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    match = _REFERENCE.fullmatch(text)
    if not match:
        return None if _REFERENCE.search(text) else text
    return match["word"] or None if match["operator"] in {":-", "-"} else None


def _kubernetes(folder: Path, shown: str) -> Deployment:
    objects: list[tuple[str, dict[str, Any]]] = []
    for file in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        name = f"{shown}/{file.relative_to(folder)}"
        for document in _documents(file):
            items = document.get("items", []) if document.get("kind") == "List" else [document]
            objects += [(name, item) for item in items]
    containers = [(name, each) for name, item in objects for each in _containers(item)]
    images = Counter(each.get("image") for _, each in containers)
    image = images.most_common(1)[0][0] if images else None
    own = [(name, each) for name, each in containers if each.get("image") == image]
    settings = [setting for name, each in own for setting in _container_settings(name, each)]
    used = {source for _, each in own for source in _sources(each)}
    for name, item in objects:
        kind = str(item.get("kind"))
        if (kind, item.get("metadata", {}).get("name")) in used:
            where = f"{name}: {kind}"
            values = {**(item.get("data") or {}), **(item.get("stringData") or {})}
            if kind == "Secret":  # an empty value is to be filled in
                values = {key: value or None for key, value in values.items()}
            settings += [Setting(key, _literal(value), where) for key, value in values.items()]
    return Deployment(shown, tuple(settings), complete=False, lists_all=False)


def _containers(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if item.get("kind") not in _TEMPLATE_KINDS:
        return
    spec = item.get("spec") or {}
    if item["kind"] == "CronJob":
        spec = spec.get("jobTemplate", {}).get("spec", {})
    if item["kind"] != "Pod":
        spec = spec.get("template", {}).get("spec", {})
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def _container_settings(name: str, container: Mapping[str, Any]) -> Iterator[Setting]:
    where = f"{name}: container {container.get('name')}"
    for entry in container.get("env") or ():
        yield Setting(entry["name"], _literal(entry.get("value")), where)


def _sources(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in container.get("envFrom") or ():
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if key in entry:
                yield kind, entry[key]["name"]
