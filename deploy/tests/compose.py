"""compose.yaml as data: the part of the Compose specification that our file uses, and no other.

What is not understood is refused, so that the tests never run something else than the file says
(https://github.com/compose-spec/compose-spec/blob/main/spec.md).
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

_VARIABLE: Final = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:-|:\?)([^}]*))?\})")
_DURATION: Final = re.compile(r"(\d+)(ms|s|m|h)")
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SERVICE_KEYS: Final = frozenset(
    [
        "build",
        "cap_drop",
        "command",
        "depends_on",
        "entrypoint",
        "environment",
        "healthcheck",
        "image",
        "network_mode",
        "ports",
        "read_only",
        "restart",
        "security_opt",
        "stop_grace_period",
        "stop_signal",
        "tmpfs",
        "user",
        "volumes",
    ]
)
_HEALTH_KEYS: Final = frozenset({"test", "interval", "timeout", "retries", "start_period"})
_CONDITIONS: Final = frozenset({"service_started", "service_healthy", "service_completed_successfully"})


class ComposeError(ValueError):
    """The file or its variables cannot be used; the text says why."""


@dataclass(frozen=True)
class Mount:
    """A volume by its name, or a file of this folder by its path."""

    source: str
    target: str
    read_only: bool

    @property
    def is_path(self) -> bool:
        """Whether it is a file rather than a volume."""
        return self.source.startswith((".", "/"))


@dataclass(frozen=True)
class Port:
    """A published port: always at one address of this machine."""

    address: str
    published: int
    target: int


@dataclass(frozen=True)
class Health:
    """A health check; times in seconds."""

    test: tuple[str, ...]
    interval: float = 30.0
    timeout: float = 30.0
    retries: int = 3
    start_period: float = 0.0


@dataclass(frozen=True)
class Service:
    """One service, with every variable filled in."""

    name: str
    image: str
    build_target: str | None
    """The Dockerfile's target, empty text for the default one; None: the image is not built here."""
    entrypoint: tuple[str, ...] | None
    command: tuple[str, ...]
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    ports: tuple[Port, ...]
    depends_on: Mapping[str, str]
    """Service -> condition."""
    health: Health | None
    options: Mapping[str, Any]
    """cap_drop, network_mode, read_only, restart, security_opt, stop_signal, tmpfs, user as they stand."""
    stop_grace_period: float


@dataclass(frozen=True)
class Compose:
    """The whole file; services in an order in which each comes after those that it depends on."""

    services: Mapping[str, Service]
    volumes: tuple[str, ...]


def read(file: Path, variables: Mapping[str, str], extra: Mapping[str, str] | None = None) -> Compose:
    """Read the file. `extra` is added to the environment of every service that has SECRET_KEY.

    Raises `ComposeError` for an unknown key, a missing variable, a circle.
    """
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    raw = {key: value for key, value in document.items() if not key.startswith("x-")}
    if unknown := set(raw) - {"name", "services", "volumes"}:
        raise ComposeError(f"unknown keys {sorted(unknown)}")
    raw = _filled(raw, variables)
    services = {name: _service(name, body, variables) for name, body in raw["services"].items()}
    for service in services.values():
        if "SECRET_KEY" in service.environment:
            dict.update(service.environment, extra or {})  # type: ignore[arg-type]
    volumes = tuple(raw.get("volumes", {}))
    named = {mount.source for each in services.values() for mount in each.mounts if not mount.is_path}
    if named != set(volumes):
        raise ComposeError(f"volumes declared and used differ: {sorted(named ^ set(volumes))}")
    return Compose({each.name: each for each in _ordered(services)}, volumes)


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with its variables replaced: `${A}`, `${A:-default}`, `${A:?message}`, `$$`."""

    def value(match: re.Match[str]) -> str:
        dollar, name, operator, word = match.groups()
        if dollar:
            return "$"
        if given := variables.get(name):
            return given
        if operator == ":?":
            raise ComposeError(f"required variable {name} is missing a value: {word}")
        return word or ""

    filled = _VARIABLE.sub(value, text)
    if re.search(r"\$", _VARIABLE.sub("", text)):
        raise ComposeError(f"not understood: {text!r}")
    return filled


def seconds(duration: str) -> float:
    """Read a duration such as `1m30s`."""
    if not re.fullmatch(rf"(?:{_DURATION.pattern})+", duration):
        raise ComposeError(f"not a duration: {duration!r}")
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(duration))


def _filled(node: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return fill(node, variables)
    if isinstance(node, list):
        return [_filled(each, variables) for each in node]
    if isinstance(node, dict):
        return {key: _filled(value, variables) for key, value in node.items()}
    return node


def _service(name: str, body: Mapping[str, Any], variables: Mapping[str, str]) -> Service:
    if unknown := set(body) - _SERVICE_KEYS:
        raise ComposeError(f"service {name}: unknown keys {sorted(unknown)}")
    plain = (
        "cap_drop",
        "network_mode",
        "read_only",
        "restart",
        "security_opt",
        "stop_signal",
        "tmpfs",
        "user",
    )
    entrypoint = body.get("entrypoint")
    return Service(
        name=name,
        image=body["image"],
        build_target=_build_target(name, body.get("build")),
        entrypoint=None if entrypoint is None else _words(entrypoint),
        command=_words(body.get("command", [])),
        environment=dict(_environment(body.get("environment", {}), variables)),
        mounts=tuple(_mount(each) for each in body.get("volumes", [])),
        ports=tuple(_port(each) for each in body.get("ports", [])),
        depends_on=dict(_conditions(name, body.get("depends_on", {}))),
        health=_health(name, body.get("healthcheck")),
        options={key: body[key] for key in plain if key in body},
        stop_grace_period=seconds(body.get("stop_grace_period", "10s")),
    )


def _environment(environment: Mapping[str, Any], variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return the variables of a service; one without a value is passed on if it is given."""
    for name, value in environment.items():
        if value is not None:
            yield name, str(value)
        elif name in variables:
            yield name, variables[name]


def _build_target(name: str, build: str | Mapping[str, str] | None) -> str | None:
    if build is None:
        return None
    build = {"context": build} if isinstance(build, str) else build
    if set(build) - {"target"} != {"context"} or build["context"] != ".":
        raise ComposeError(f"service {name}: build {dict(build)} is not understood")
    return build.get("target", "")


def _words(value: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(shlex.split(value) if isinstance(value, str) else map(str, value))


def _mount(text: str) -> Mount:
    source, target, *mode = text.split(":")
    if mode not in ([], ["ro"]):
        raise ComposeError(f"volume {text!r}: only :ro is understood")
    return Mount(source, target, read_only=bool(mode))


def _port(text: str) -> Port:
    parts = text.split(":")
    if len(parts) != 3:
        raise ComposeError(f"port {text!r} names no address: it would be open to the network")
    return Port(parts[0], int(parts[1]), int(parts[2]))


def _conditions(name: str, depends_on: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for other, body in depends_on.items():
        if set(body) != {"condition"} or body["condition"] not in _CONDITIONS:
            raise ComposeError(f"service {name}: depends_on {other}: {dict(body)} is not understood")
        yield other, body["condition"]


def _health(name: str, body: Mapping[str, Any] | None) -> Health | None:
    if body is None:
        return None
    if unknown := set(body) - _HEALTH_KEYS:
        raise ComposeError(f"service {name}: healthcheck: unknown keys {sorted(unknown)}")
    times = {key: seconds(body[key]) for key in ("interval", "timeout", "start_period") if key in body}
    return Health(tuple(map(str, body["test"])), retries=int(body.get("retries", 3)), **times)


def _ordered(services: Mapping[str, Service]) -> Iterator[Service]:
    done: set[str] = set()
    while len(done) < len(services):
        ready = [each for each in services.values() if each.name not in done and set(each.depends_on) <= done]
        if not ready:
            raise ComposeError(
                f"depends_on: a circle or an unknown service in {sorted(set(services) - done)}"
            )
        done.update(each.name for each in ready)
        yield from ready
