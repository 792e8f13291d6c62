"""A schema as a JSON file, with a digest that tells damage from change."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from verification.errors import CannotRun
from verification.schema.catalog.reader import frozen
from verification.schema.model.schema import Entry, Schema

FORMAT: Final = 1
"""Version of the layout; another one is refused."""


def save(schema: Schema, path: Path) -> str:
    """Write a snapshot and give its digest (SHA-256 of the schema as canonical JSON)."""
    content = _content(schema)
    mark = digest(content)
    text = json.dumps({"format": FORMAT, "digest": mark, "schema": content}, ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}; name a place that can be written with -o") from None
    return mark


def load(path: Path) -> Schema:
    """Read a snapshot. Raises ``CannotRun`` for one that is absent, damaged or of another format."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}; give a postgresql:// URL or a snapshot file") from None
    except ValueError:
        raise CannotRun(f"{path}: damaged, not JSON; take the snapshot again") from None
    version = found.get("format") if isinstance(found, dict) else None
    if version != FORMAT:
        raise CannotRun(f"{path}: snapshot format {version!r}, this harness reads {FORMAT}; take it again")
    try:
        content, mark = found["schema"], found["digest"]
        if digest(content) != mark:
            raise CannotRun(f"{path}: damaged, its digest does not fit its content; take the snapshot again")
        return _schema(content)
    except (KeyError, TypeError, ValueError):
        raise CannotRun(f"{path}: damaged, parts are missing; take the snapshot again") from None


def digest(content: Any) -> str:
    """Return the SHA-256 of plain data, whatever order its keys came in."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(schema: Schema) -> dict[str, Any]:
    entries = [
        {
            "kind": entry.kind,
            "object": entry.object,
            "attributes": dict(entry.attributes),
            "parents": entry.parents,
            "uses": entry.uses,
        }
        for _, entry in sorted(schema.entries.items())
    ]
    content = {"version": schema.version, "context": dict(schema.context), "entries": entries}
    return json.loads(json.dumps(content, default=str))  # type: ignore[no-any-return]


def _schema(content: dict[str, Any]) -> Schema:
    entries = [
        Entry(
            each["kind"],
            each["object"],
            frozen(each["attributes"]),
            frozen(each["parents"]),
            frozen(each["uses"]),
        )
        for each in content["entries"]
    ]
    return Schema(
        int(content["version"]), {entry.key: entry for entry in entries}, frozen(content["context"])
    )
