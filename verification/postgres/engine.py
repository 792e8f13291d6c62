"""The container engine: does it answer, what images has it, what did dead runs leave there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

from verification.errors import CannotRun
from verification.processes.identity import ProcessIdentity

DEFAULT_MAJOR: Final = 17
OWNER_LABEL: Final = "verification.owner"
"""The label that says which process a container belongs to."""
_ANSWER_SECONDS: Final = 3
_WORK_SECONDS: Final = 120


def image_name(major: int | None) -> str:
    """Give the image of a major version, with the registry prefix that testcontainers is set to."""
    return f"{testcontainers_config.hub_image_name_prefix}postgres:{major or DEFAULT_MAJOR}"


def client() -> DockerClient:
    """Connect to the engine; ``CannotRun`` within seconds when none answers."""
    with told():
        connected = DockerClient(timeout=_ANSWER_SECONDS)
        connected.client.ping()
        connected.client.api.timeout = _WORK_SECONDS
        return connected


def require_image(connected: DockerClient, name: str) -> None:
    """Raise ``CannotRun`` when an image is not there: a pull could hang, so that is the user's to start."""
    with told():
        try:
            connected.client.images.get(name)
        except ImageNotFound:
            raise CannotRun(
                f"container: the engine has no image {name}; docker pull {name}, or use --provider embedded"
            ) from None


def majors(connected: DockerClient) -> list[int]:
    """List the PostgreSQL versions whose images are there."""
    with told():
        tags = [tag for image in connected.client.api.images() for tag in image.get("RepoTags") or ()]
    pattern = re.escape(image_name(DEFAULT_MAJOR).rpartition(":")[0]) + r":(\d+)"
    return sorted(int(match[1]) for tag in tags if (match := re.fullmatch(pattern, tag)))


def remove_stale(connected: DockerClient) -> None:
    """Remove the containers of runs on this machine that died and could not."""
    with told():
        found = connected.client.api.containers(all=True, filters={"label": OWNER_LABEL})
        for container in found:
            left_by = ProcessIdentity.parse(container["Labels"][OWNER_LABEL])
            if left_by is not None and left_by.is_dead():
                remove(connected, container["Id"])


def remove(connected: DockerClient, identifier: str) -> None:
    """Remove a container with its volumes, running or not; one that is going already is no error."""
    with suppress(NotFound):
        try:
            connected.client.api.remove_container(identifier, v=True, force=True)
        except APIError as error:
            if error.status_code != requests.codes.conflict:
                raise


@contextmanager
def told() -> Iterator[None]:
    """Turn what the engine's client raises into one line."""
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        raise CannotRun(f"container: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, APIError):
        return f"the engine refused: {error.explanation or error}".splitlines()[0]
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, requests.Timeout):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return f"the engine does not answer within {_ANSWER_SECONDS} s; restart it or use --provider embedded"
    return "no container engine answers; start one (or set DOCKER_HOST), or use --provider embedded"
