"""The contract of the health endpoint: what its answers hold, when it is healthy and when its inside fails.

The configuration of the project says what is expected: ``health_content_type``, ``health_schema``,
``health_timestamp``, ``health_failure_status``, ``health_failure_schema``. What it leaves out is not expected.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, Self

import fastjsonschema

from ..errors import CannotRun
from ..processes.child import Child
from ..processes.wait import wait_for
from ..project.configuration import Configuration
from ..project.http_probe import POD, Answer, Probe

MOVES_SECONDS: Final = 1.5
"""Two answers so far apart have different timestamps, also if these hold whole seconds."""
CLOCK_SECONDS: Final = 5.0
"""How far the timestamp may be from this machine's clock."""
OTHER_METHODS: Final = ("POST", "DELETE")


class Contract:
    """What is expected of one project, and a process of the project that finds out; ``with`` ends it."""

    def __init__(self, configuration: Configuration, variables: Mapping[str, str]) -> None:
        self._configuration = configuration
        self._healthy = _validator(configuration, "health_schema")
        self._failed = _validator(configuration, "health_failure_schema")
        self._child = Child(
            f"{configuration.settings}: the contract of {configuration.health_path} cannot be examined",
            [sys.executable, "-m", f"{__package__}.contract_runner"],
            environment=variables,
            directory=configuration.root,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def wrong_answers(self, probe: Probe) -> Iterator[str]:
        """Return a line for everything that is wrong with the answers of a running server."""
        answer = probe.send()
        yield from self._wrong_content(f"GET {probe.path}", answer.headers, answer.body, self._healthy)
        if self._configuration.health_timestamp:
            yield from self._wrong_timestamp(probe, answer)
        answers = {method: probe.send(method) for method in ("HEAD", *OTHER_METHODS)} | {"GET": answer}
        texts = {f"{method} {probe.path}": _text(each.headers, each.body) for method, each in answers.items()}
        yield from self._leaks(texts)

    def wrong_failures(self) -> tuple[list[str], list[str]]:
        """Return what is wrong with the answers when a function that the view calls raises, and those functions."""
        if not self._configuration.health_view:
            return [], []
        outcomes = self._ask(
            {
                "application": self._configuration.wsgi,
                "view": self._configuration.health_view,
                "path": self._configuration.health_path,
                "root": str(self._configuration.root),
            }
        )["failures"]
        wrong = [line for outcome in outcomes for line in self._wrong_failure(outcome)]
        return wrong, [outcome["function"] for outcome in outcomes]

    def wrong_as_configured(self) -> Iterator[str]:
        """Return a line for each setting of the project that refuses a probe, and that the gate's servers lack."""
        host, path = self._configuration.health_host or POD, self._configuration.health_path
        reply = self._ask({"application": self._configuration.wsgi, "path": path, "host": host})
        if reply["status"] == HTTPStatus.BAD_REQUEST:
            yield (
                f"GET {path} with Host {host}: 400, a probe must see 200: ALLOWED_HOSTS is "
                f"{reply['allowed']} (if your probes send another Host, name it as health_host)"
            )
        redirected = 300 <= reply["redirected"] < 400  # noqa: PLR2004 - the class of statuses
        if redirected and self._configuration.health_scheme != "https":
            yield (
                f"GET {path} by http: {reply['redirected']}, a probe must see 200: SECURE_SSL_REDIRECT is on, and "
                'SECURE_REDIRECT_EXEMPT does not name the path (if your probes speak https: health_scheme = "https")'
            )

    def _wrong_failure(self, outcome: Mapping[str, Any]) -> Iterator[str]:
        what = f"{self._configuration.health_path} while {outcome['function']} fails"
        if outcome["raised"]:
            yield f"{what}: the exception gets out of the application ({outcome['raised']})"
            return
        reply = outcome["reply"]
        wanted, status = self._configuration.health_failure_status, reply["status"]
        if status != wanted if wanted else status < HTTPStatus.INTERNAL_SERVER_ERROR:
            yield f"{what}: answers {status} instead of {wanted or '500 or more'}"
        body = reply["body"].encode()
        if self._configuration.health_failure_schema:
            yield from self._wrong_content(what, reply["headers"], body, self._failed)
        if not {"ERROR", "CRITICAL"} & set(outcome["logged"]):
            yield f"{what}: no line of level ERROR in the log tells of it"
        yield from self._leaks({what: _text(reply["headers"], body)})

    def _wrong_content(self, what: str, headers: Mapping[str, str], body: bytes, valid: Any) -> Iterator[str]:
        wanted, given = self._configuration.health_content_type, headers.get("content-type", "")
        if wanted and given.partition(";")[0].strip().lower() != wanted.lower():
            yield f"{what}: Content-Type is {given!r} instead of {wanted}"
        if valid is None:
            return
        try:
            valid(json.loads(body))
        except ValueError as error:
            if isinstance(error, fastjsonschema.JsonSchemaException):
                yield f"{what}: {str(error).replace('data', 'the body', 1)}"
            else:
                yield f"{what}: the body is not JSON"

    def _wrong_timestamp(self, probe: Probe, answer: Answer) -> Iterator[str]:
        name, what = self._configuration.health_timestamp, f"GET {probe.path}"
        try:
            first = self._timestamp(answer)
        except (ValueError, KeyError, TypeError):
            yield f"{what}: {name} is not a time in ISO 8601"
            return
        if first.tzinfo is None:
            yield f"{what}: {name} has no time zone"
            return
        if abs((datetime.now(UTC) - first).total_seconds()) > CLOCK_SECONDS:
            yield f"{what}: {name} is not the time of the answer"
        if not wait_for(lambda: self._timestamp(probe.send()) != first, seconds=MOVES_SECONDS):
            yield f"{what}: {name} does not change within {MOVES_SECONDS:g} s"

    def _timestamp(self, answer: Answer) -> datetime:
        return datetime.fromisoformat(json.loads(answer.body)[self._configuration.health_timestamp])

    def _leaks(self, texts: Mapping[str, str]) -> Iterator[str]:
        found: Sequence[Sequence[str]] = self._ask({"texts": list(texts.values())})["leaks"]
        for what, names in zip(texts, found, strict=True):
            if names:
                yield f"{what}: shows the value of {', '.join(dict.fromkeys(names))}"

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        reply = self._child.ask(request)
        if "error" in reply:
            raise CannotRun(f"{self._configuration.settings}: the project does not start ({reply['error']})")
        return reply


def _validator(configuration: Configuration, key: str) -> Any:
    """Return a function that raises for a body that does not fit; None: the project states no schema."""
    schema = getattr(configuration, key)
    if not schema:
        return None
    try:
        return fastjsonschema.compile(dict(schema))
    except (fastjsonschema.JsonSchemaDefinitionException, TypeError, ValueError) as error:
        raise CannotRun(
            f"pyproject.toml: [tool.verification.{key}] is not a JSON schema ({error})", "fix the schema"
        ) from None


def _text(headers: Mapping[str, str], body: bytes) -> str:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\n".join([*lines, body.decode(errors="replace")])
