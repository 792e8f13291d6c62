"""The container engine: whether it answers, its PostgreSQL images, containers of dead runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

from ..errors import CannotRun
from ..processes.identity import ProcessIdentity

DEFAULT_MAJOR: Final = 17
OWNER_LABEL: Final = "verification.owner"
"""The label of a container that names the process it belongs to."""
_ANSWER_SECONDS: Final = 3
_WORK_SECONDS: Final = 120


def image_name(major: int | None) -> str:
    """Return the image of a major version (default 17), with the registry prefix of testcontainers."""
    return f"{testcontainers_config.hub_image_name_prefix}postgres:{major or DEFAULT_MAJOR}"


def client() -> DockerClient:
    """Return a connection to the engine. Raises ``CannotRun`` within seconds if none answers."""
    with translated_errors():
        connected = DockerClient(timeout=_ANSWER_SECONDS)
        connected.client.ping()
        connected.client.api.timeout = _WORK_SECONDS
        return connected


def require_image(connected: DockerClient, name: str) -> None:
    """Raise ``CannotRun`` if an image is not there. It is not pulled, because a pull can hang."""
    with translated_errors():
        try:
            connected.client.images.get(name)
        except ImageNotFound:
            raise CannotRun(
                f"the container engine has no image {name}",
                f"run docker pull {name}, or use --provider embedded",
            ) from None


def majors(connected: DockerClient) -> list[int]:
    """Return the major versions of the PostgreSQL images that are there."""
    with translated_errors():
        tags = [tag for image in connected.client.api.images() for tag in image.get("RepoTags") or ()]
    pattern = re.escape(image_name(DEFAULT_MAJOR).rpartition(":")[0]) + r":(\d+)"
    return sorted(int(match[1]) for tag in tags if (match := re.fullmatch(pattern, tag)))


def remove_stale(connected: DockerClient) -> None:
    """Remove the containers of dead runs on this machine."""
    with translated_errors():
        containers = connected.client.api.containers(all=True, filters={"label": OWNER_LABEL})
        for container in containers:
            owner = ProcessIdentity.parse(container["Labels"][OWNER_LABEL])
            if owner is not None and owner.is_dead():
                remove(connected, container["Id"])


def remove(connected: DockerClient, identifier: str) -> None:
    """Remove a container with its volumes, running or not; one that is being removed is no error."""
    with suppress(NotFound):
        try:
            connected.client.api.remove_container(identifier, v=True, force=True)
        except APIError as error:
            if error.status_code != requests.codes.conflict:
                raise


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise ``CannotRun`` for what the engine's client raises."""
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        raise _cannot_run(error) from None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and what led to it, arguments included: urllib3 keeps the cause there."""
    while error is not None:
        yield error
        for argument in error.args:
            if isinstance(argument, BaseException):
                yield from _causes(argument)
        error = error.__cause__ or error.__context__


def _cannot_run(error: Exception) -> CannotRun:
    if isinstance(error, APIError):
        reason = str(error.explanation or error).splitlines()[0]
        return CannotRun(f"the container engine refused: {reason}", "use --provider embedded")
    if any(isinstance(each, requests.Timeout) for each in _causes(error)):
        return CannotRun(
            f"the container engine does not answer within {_ANSWER_SECONDS} s",
            "restart it or use --provider embedded",
        )
    if any(isinstance(each, PermissionError) for each in _causes(error)):
        return CannotRun(
            "a container engine is there, and this user may not use its socket (permission denied)",
            "add the user to the group docker (sudo usermod -aG docker USER, then log in again), "
            "or use --provider embedded",
        )
    return CannotRun(
        "no container engine answers", "start one (or set DOCKER_HOST), or use --provider embedded"
    )
