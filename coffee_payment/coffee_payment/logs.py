"""JSON log lines without private data (docs/domain.md, section 12)."""

import itertools
import logging
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

PROBE_PATHS: Final = frozenset({"/health", "/health/ready"})
HIDDEN: Final = "***"

SENSITIVE_NAME: Final = re.compile(
    r"authorization|cookie|password|passwd|secret|token|api_?key|private_?key|encryption_?key|credential|signing"
    r"|terminal_?key|account_?id|phone",
    re.IGNORECASE,
)
"""The value of a field with such a name is hidden."""

# These run over untrusted text. Each starts where a run of its characters starts and uses possessive quantifiers,
# so that the time grows with the length of the text and not with its square.
_SENSITIVE_ASSIGNMENT: Final = re.compile(
    r"""(?ix)
    (["']? (?<![\w-]) (?= [\w-]*? (?: authorization | password | passwd | secret | token | api_?key | private_?key
                                  | encryption_?key )) [\w-]++ ["']? \s*+ [:=] \s*+)
    (?: (?: bearer | basic ) \s+ )?
    (?: "[^"]*" | '[^']*' | [^\s,;&"'}\])]+ )
    """
)
_URL_PASSWORD: Final = re.compile(r"((?<![a-z0-9+.-])[a-z0-9+.-]++://[^\s:/@]*+):[^\s@/]++@", re.IGNORECASE)
_SCHEME_TOKEN: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_FERNET_TOKEN: Final = re.compile(r"\bgAAAA[A-Za-z0-9_=-]{20,}")
# Also the odd forms of RFC 5321: a quoted name, an address literal, a host without a dot.
_EMAIL: Final = re.compile(
    r"""(?x) (?: (?<! [\w.%+!\#$&'=?^`{|}~-] ) [\w.%+!\#$&'=?^`{|}~-]++ | "[^"\n]{1,64}" )
    @ (?: [\w-]++ (?: \.[\w-]++ )*+ | \[ [^\]\s]{1,64} \] )"""
)
_LONGEST_TEXT: Final = 1000
"""What a stranger names, as a path or the name of a field, is cut after so many characters."""
_MOST_ITEMS: Final = 50
_LONGEST_WORD: Final = 50
_TRACEBACKS: Final = frozenset({"exc_info", "exception", "stack_info"})
_SHORTEST_SECRET: Final = 6
"""A shorter value would hide parts of ordinary words."""


def configuration(
    level: str, secrets: Iterable[str | None], loggers: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the `logging.config` dictionary of this server: JSON lines on stdout through one handler.

    Django, Celery and gunicorn all use it; `loggers` are the loggers that each of them configures.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "coffee_payment.logs.JsonFormatter", "secrets": list(secrets)}},
        "filters": {
            "request_id": {"()": "payments.request_id.RequestIdFilter"},
            "access": {"()": "coffee_payment.logs.AccessFilter"},
            "strangers": {"()": "coffee_payment.logs.StrangersFilter"},
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["request_id", "access", "strangers"],
            },
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {name: {"level": level, **logger} for name, logger in loggers.items()},
    }


def mask(text: str) -> str:
    """Hide passwords, tokens and most of each e-mail address in free text."""
    # Most texts have none of the characters without which an expression cannot match.
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    if "=" in text or ":" in text:
        text = _SENSITIVE_ASSIGNMENT.sub(rf"\1{HIDDEN}", text)
    lowered = text.lower()
    if "bearer" in lowered or "basic" in lowered:
        text = _SCHEME_TOKEN.sub(rf"\1 {HIDDEN}", text)
    if "gAAAA" in text:
        text = _FERNET_TOKEN.sub(HIDDEN, text)
    return _EMAIL.sub(lambda match: match.group()[:3] + HIDDEN, text) if "@" in text else text


def mask_value(value: Any, name: str = "") -> Any:
    """Return a copy of a log field with private parts masked; some names hide the whole value."""
    if value is not None and not isinstance(value, bool) and _is_sensitive(name):
        return HIDDEN
    if isinstance(value, str):
        return mask(cut(value))
    if isinstance(value, Mapping):
        return {mask(cut(str(key))): mask_value(item, str(key)) for key, item in _first(value.items())}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item) for item in _first(value)]
    return value if isinstance(value, int | float) or value is None else mask(cut(str(value)))


def _is_sensitive(name: str) -> bool:
    """Return whether a field with this name is hidden; only short names are remembered, strangers give long ones."""
    return _is_sensitive_word(name) if len(name) <= _LONGEST_WORD else bool(SENSITIVE_NAME.search(name))


@lru_cache(maxsize=1024)
def _is_sensitive_word(name: str) -> bool:
    return bool(SENSITIVE_NAME.search(name))


def cut(text: str) -> str:
    """Return a text, shortened if it is longer than any of ours."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"


def _first(items: Iterable[Any]) -> Iterable[Any]:
    return itertools.islice(items, _MOST_ITEMS)


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line: timestamp, level, logger, message, the extra fields, the exception.

    `secrets` are values that are hidden wherever they appear.
    """

    def __init__(self, *, secrets: Iterable[str | None] = ()) -> None:
        super().__init__(
            "{timestamp}{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
            timestamp=True,
            json_ensure_ascii=False,
            reserved_attrs=[*_reserved_attributes(), "request", "server_time"],
        )
        self._secrets = sorted(
            {s for s in secrets if s and len(s) >= _SHORTEST_SECRET}, key=len, reverse=True
        )

    def process_log_record(self, log_record: dict[str, Any]) -> dict[str, Any]:
        """Mask every field, the message and the traceback included."""
        masked = {
            name: value
            if name == "timestamp"
            else self._hide(
                mask(value) if name in _TRACEBACKS and isinstance(value, str) else mask_value(value, name)
            )
            for name, value in log_record.items()
        }
        return super().process_log_record(masked)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a lone surrogate, which no encoding can hold, is written as an escape."""
        return super().format(record).encode("utf-8", "backslashreplace").decode()

    def _hide(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, dict):
            return {self._hide(key): self._hide(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._hide(item) for item in value]
        return value


def _reserved_attributes() -> list[str]:
    """Return the attributes that every record has; all others are extra fields."""
    return [*vars(logging.makeLogRecord({})), "message", "asctime", "color_message", "taskName"]


class StrangersFilter(logging.Filter):
    """Makes one line at WARNING of what Django tells about a hostile request, such as one with a foreign Host.

    Django writes a traceback at ERROR; anybody could fill the log with these.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record passes."""
        if record.name.startswith("django.security.") and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class AccessFilter(logging.Filter):
    """Replaces the text of access records by fields, and drops those of successful probes.

    Probes come every few seconds from every node and would fill the log; a failed one is kept. Handles the
    records of gunicorn and of Django's development server; all others pass unchanged.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep everything but a successful probe."""
        fields = access_fields(record)
        if fields is None:
            return True
        if fields["path"] in PROBE_PATHS and fields["status"] == HTTPStatus.OK:
            return False
        record.msg, record.args = "request", ()
        vars(record).update(fields)
        return True


def access_fields(record: logging.LogRecord) -> dict[str, Any] | None:
    """Return method, path (without the query, which may be private), status and more; None: no access record."""
    if record.name == "gunicorn.access" and isinstance(record.args, Mapping):
        atoms = record.args
        # gunicorn logs outside of the request's context, but it knows the response headers.
        identifier = atoms.get("{x-request-id}o")
        return {
            **({"request_id": identifier} if identifier else {}),
            "method": atoms.get("m"),
            "path": atoms.get("U"),
            "status": _number(atoms.get("s")),
            "duration_ms": _number(atoms.get("M")),
            "size": _number(atoms.get("B")),
            "remote": atoms.get("h"),
        }
    if record.name == "django.server" and isinstance(record.args, tuple) and len(record.args) > 1:
        words = str(record.args[0]).split()
        if len(words) == len(("GET", "/path", "HTTP/1.1")):
            path = words[1].partition("?")[0]
            return {"method": words[0], "path": path, "status": _number(record.args[1])}
    return None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() else None
