"""How the values of a column get another type: by a cast of PostgreSQL, through text, or not at all.

https://www.postgresql.org/docs/current/catalog-pg-cast.html; any type has a cast to and from the string types.
"""

import re
from itertools import permutations
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema

MODIFIER: Final = re.compile(r"\([\d,-]+\)|(?<=^interval) [a-z ]+")
"""The length or the fields of a type: they change with a cast to the type itself."""
STRINGS: Final = frozenset({"text", "character varying", "character", "bpchar", "name", '"char"'})
NUMBERS: Final = ("smallint", "integer", "bigint", "real", "double precision", "numeric")
TIME, TIMESTAMP = "time {} time zone", "timestamp {} time zone"
CASTS: Final = frozenset(
    {
        *permutations(NUMBERS, 2),
        *(("jsonb", each) for each in (*NUMBERS, "boolean", "json")),
        *((each, "money") for each in ("integer", "bigint", "numeric")),
        *((each, "oid") for each in ("smallint", "integer", "bigint")),
        *permutations((TIMESTAMP.format("with"), TIMESTAMP.format("without"), "date"), 2),
        *((TIMESTAMP.format(each), TIME.format("without")) for each in ("with", "without")),
        (TIMESTAMP.format("with"), TIME.format("with")),
        *permutations((TIME.format("with"), TIME.format("without")), 2),
        *permutations((TIME.format("without"), "interval"), 2),
        *permutations(("integer", "boolean"), 2),
        *permutations(("integer", "bit"), 2),
        *permutations(("bigint", "bit"), 2),
        *permutations(("bit", "bit varying"), 2),
        *permutations(("cidr", "inet"), 2),
        *permutations(("macaddr", "macaddr8"), 2),
        *permutations(("box", "circle", "polygon"), 2),
        *permutations(("box", "point"), 2),
        *permutations(("path", "polygon"), 2),
        *((each, "point") for each in ("circle", "polygon", "lseg")),
        ("box", "lseg"), ("money", "numeric"), ("oid", "integer"), ("oid", "bigint"), ("json", "jsonb"),
    }
)  # fmt: skip
"""Source and target of the server's own casts, without those of OID aliases, ranges and transaction numbers."""


def through(before: Object, left: Schema, after: Object, right: Schema) -> str | None:
    """Return the cast that a column needs before that to its new type; None: PostgreSQL has no cast."""
    types = [_base(entry, side) for entry, side in ((before, left), (after, right))]
    arrays = [each.endswith("[]") for each in types]
    one, other = (each.removesuffix("[]") for each in types)
    sides = ((one, left), (other, right))
    if any(_is(side, name, "enum") for name, side in sides) or all(
        _is(side, name, "range") for name, side in sides
    ):
        return "::text[]" if all(arrays) else "::text"
    if STRINGS & {*types}:
        return ""
    known = one == other or STRINGS & {one, other} or (one, other) in CASTS or _is_made(right, one, other)
    return "" if known and arrays[0] == arrays[1] else None


def _base(entry: Object, side: Schema) -> str:
    """Return the type of a column without modifier; of a domain its base type."""
    text = MODIFIER.sub("", entry.text_of("type" if entry.key.kind == "column" else "base_type"))
    domain = side.entries.get(Identity.parse("type", text))
    return _base(domain, side) if domain and domain.properties.get("category") == "domain" else text


def _is(side: Schema, name: str, category: str) -> bool:
    entry = side.entries.get(Identity.parse("type", name))
    if entry is None:
        return category == "range" and name.endswith("range") and "." not in name
    return entry.properties.get("category") == category


def _is_made(side: Schema, source: str, target: str) -> bool:
    return any(each.key.arguments == f"({source} AS {target})" for each in side.of_kind("cast"))
