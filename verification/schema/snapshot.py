"""Write a schema to a JSON file with a digest, by which a damaged file is recognised."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, TypedDict

from ..errors import CannotRun
from .catalog.reader import frozen
from .model.identity import Identity
from .model.objects import Value, described
from .model.schema import Schema

FORMAT_VERSION: Final = 2
"""Version of the file format; any other is refused."""
TAKE_AGAIN: Final = "take the snapshot again"

Parts: TypeAlias = "list[str | Parts | None]"
"""The members of an identity; the last one is another identity or None."""


class Item(TypedDict):
    """An object in the file."""

    identity: Parts
    attributes: dict[str, Value]
    parents: list[Parts]
    uses: list[Parts]


class Content(TypedDict):
    """A schema in the file."""

    version: int
    context: dict[str, Value]
    entries: list[Item]


def save(schema: Schema, path: Path) -> str:
    """Write a snapshot and return its digest: the SHA-256 of the schema as canonical JSON.

    Raises ``CannotRun`` if the file cannot be written.
    """
    content = _content(schema)
    checksum = digest(content)
    text = json.dumps(
        {"format": FORMAT_VERSION, "digest": checksum, "schema": content}, ensure_ascii=False, indent=1
    )
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", "name another file with -o") from None
    return checksum


def load(path: Path) -> Schema:
    """Return the schema of a snapshot. Raises ``CannotRun`` if it is absent, damaged or of another format."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", "give a postgresql:// URL or a snapshot file") from None
    except ValueError:
        raise CannotRun(f"{path}: damaged, not JSON", TAKE_AGAIN) from None
    version = data.get("format") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise CannotRun(
            f"{path}: snapshot format {version!r}, and this harness reads {FORMAT_VERSION}", TAKE_AGAIN
        )
    try:
        content = data["schema"]
        if digest(content) != data["digest"]:
            raise CannotRun(f"{path}: damaged, its digest does not match its content", TAKE_AGAIN)
        return _schema(content)
    except (KeyError, TypeError, ValueError):
        raise CannotRun(f"{path}: damaged, parts are missing", TAKE_AGAIN) from None


def digest(content: object) -> str:
    """Return the SHA-256 of plain data, whatever the order of its keys."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(schema: Schema) -> Content:
    entries = [
        {
            "identity": entry.key,
            "attributes": dict(entry.properties),
            "parents": entry.parents,
            "uses": entry.uses,
        }
        for _, entry in sorted(schema.entries.items())
    ]
    content = {"version": schema.version, "context": dict(schema.context), "entries": entries}
    return json.loads(json.dumps(content, default=str))  # type: ignore[no-any-return]


def _schema(content: Content) -> Schema:
    entries = [
        described(
            _identity(item["identity"]),
            _frozen(item["attributes"]),
            tuple(map(_identity, item["parents"])),
            tuple(map(_identity, item["uses"])),
        )
        for item in content["entries"]
    ]
    return Schema(
        int(content["version"]), {entry.key: entry for entry in entries}, _frozen(content["context"])
    )


def _frozen(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: frozen(value) for name, value in values.items()}


def _identity(parts: Parts) -> Identity:
    *names, target = parts
    return Identity._make([*names, _identity(target) if isinstance(target, list) else None])
