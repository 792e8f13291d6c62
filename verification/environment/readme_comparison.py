"""Compare the variables that the source reads with those that the README documents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from .model import FILE, RUNTIME, Finding, Problem, Read, Row, has_password, looks_secret, masked

_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_Item = TypeVar("_Item", Read, Row)
_Reads = Mapping[str, Sequence[Read]]
_Rows = Mapping[str, Sequence[Row]]


def compare(reads: Sequence[Read], rows: Sequence[Row], readme: str) -> list[Finding]:
    """Return all findings, in the order of file and line. Values of secrets are masked.

    ``readme`` is the name of the file, for findings about a missing row.
    """
    by_read, by_row = _grouped(reads), _grouped(rows)
    findings = [
        *_undocumented(by_read, by_row, readme),
        *_not_read(by_read, by_row),
        *_duplicates(by_read, by_row),
    ]
    for name in by_read.keys() & by_row.keys():
        findings += _defaults(by_read[name], by_row[name][0], by_read)
    for name in by_read.keys() | by_row.keys():
        findings += _secrets(by_read.get(name, []), by_row.get(name, []))
    return sorted(set(findings))


def is_secret(name: str, rows: Sequence[Row], reads: Sequence[Read] = ()) -> bool:
    """Whether a variable is a secret: marked in the README, or by its name."""
    default = next((read.default for read in reads if read.default), None)
    return any(row.secret for row in rows if row.variable == name) or looks_secret(name, default)


def _grouped(items: Iterable[_Item]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        groups[item.variable].append(item)
    return dict(groups)


def _undocumented(reads: _Reads, rows: _Rows, readme: str) -> Iterator[Finding]:
    for name, places in reads.items():
        if name not in rows and not _is_file_of(name, rows):
            action = f"add a row for it to the table in {readme}"
            yield Finding(places[0].where, name, Problem.UNDOCUMENTED, action, actual=_shown(places[0]))


def _is_file_of(name: str, rows: _Rows) -> bool:
    """Whether a variable names a file with the value of a documented one: it needs no row of its own."""
    return name.endswith(FILE) and name.removesuffix(FILE) in rows


def _not_read(reads: _Reads, rows: _Rows) -> Iterator[Finding]:
    for name, places in rows.items():
        if name not in reads and not RUNTIME.fullmatch(name):
            close = next((other for other in reads if other.lower() == name.lower()), None)
            action = (
                f"it is spelt {close} in the source"
                if close
                else "no file that was read uses it: name its reader in environment_files, or read it"
            )
            yield Finding(places[0].where, name, Problem.NOT_READ, action, documented=_documented(places[0]))


def _duplicates(reads: _Reads, rows: _Rows) -> Iterator[Finding]:
    for name, places in rows.items():
        if len(places) > 1:
            action = f"keep one row: the first stands at {places[0].where}"
            yield Finding(places[1].where, name, Problem.DUPLICATE, action)
    lines: dict[str, str] = {}
    for row in (row for places in rows.values() for row in places):
        first = lines.setdefault(row.where, row.variable)
        if first != row.variable:
            yield Finding(
                row.where,
                row.variable,
                Problem.DUPLICATE,
                f"give it a row of its own: this one documents {first}",
            )
    for name, (first_read, *others) in reads.items():
        for other in others:
            if other.default is not None and not _same_text(other.default, first_read.default):
                secret = looks_secret(name)
                yield Finding(
                    other.where,
                    name,
                    Problem.DUPLICATE,
                    f"give it one default: {first_read.where} has another",
                    masked(first_read.default, secret=secret),
                    masked(other.default, secret=secret),
                )


def _defaults(places: Sequence[Read], row: Row, reads: _Reads) -> Iterator[Finding]:
    read = next((place for place in places if place.default is not None), places[0])
    if is_secret(row.variable, [row], places) or same_default(row.default, read, reads):
        return
    if any(place.otherwise is not None and _same_text(row.default, place.otherwise) for place in places):
        return
    problem, action = Problem.DEFAULT_DIFFERS, f"{row.where} and {read.where} must name the same default"
    if row.default == "" and read.default is None:
        problem, action = Problem.EMPTY_IS_NOT_UNSET, "write an em dash: the source has no default"
    yield Finding(row.where, row.variable, problem, action, _documented(row), _shown(read))


def same_default(documented: str | None, read: Read, reads: _Reads) -> bool:
    """Whether a documented default is the default in the source.

    An em dash means an empty default as well as none. Any documented default will do for one that the
    source computes: ``effects.py`` checks it at run time.
    """
    if documented is None or read.default is None or documented == "":
        return (documented or "") == (read.default or "") and (documented is None or read.default is not None)
    return read.computed or any(_same_text(documented, text) for text in _spellings(read.default, reads))


def _spellings(default: str, reads: _Reads) -> Iterator[str]:
    """Return the spellings of a default: as written, and with the variables in it replaced by their defaults."""
    yield default
    expanded = default
    for name in sorted(reads, key=len, reverse=True):
        inner = next((place.default for place in reads[name] if place.default), None)
        if name in expanded and inner:
            for form in (f"${{{name}}}", f"{{{name}}}", f"<{name}>", f"${name}"):
                yield default.replace(name, form)
            expanded = expanded.replace(name, inner)
    yield expanded


def _same_text(left: str | None, right: str | None) -> bool:
    if left is None or right is None or left == right:
        return left == right
    if left.lower() in _BOOLEANS and right.lower() in _BOOLEANS:
        return _BOOLEANS[left.lower()] is _BOOLEANS[right.lower()]
    return _items(left) == _items(right) or _is_same_number(left, right)


def _items(text: str) -> list[str]:
    """Return the parts of a comma list, or of a list or an object in JSON or Python."""
    inner = text.strip()
    if inner.startswith(("[", "(", "{")) and inner.endswith(("]", ")", "}")):
        text = inner[1:-1]
    return [part.strip().strip("\"'") for part in text.split(",") if part.strip()]


def _is_same_number(left: str, right: str) -> bool:
    try:
        return float(left) == float(right)
    except ValueError:
        return False


def _secrets(reads: Sequence[Read], rows: Sequence[Row]) -> Iterator[Finding]:
    places: list[Read | Row] = [*reads, *rows]
    name = places[0].variable
    secret = is_secret(name, rows, reads)
    for place in places:
        computed = isinstance(place, Read) and place.computed
        if (secret and place.default and not computed) or has_password(place.default):
            action = "remove the default: a secret is set in the deployment only"
            yield Finding(
                place.where,
                name,
                Problem.SECRET_WITH_DEFAULT,
                action,
                actual=masked(place.default, secret=True),
            )
    for row in rows:
        if secret and not row.secret:
            action = 'mark it, with "**Secret**" in its description'
            yield Finding(row.where, name, Problem.SECRET_NOT_MARKED, action)


def _documented(row: Row) -> str:
    return "no default" if row.default is None else repr(masked(row.default, secret=row.secret))


def _shown(read: Read) -> str:
    return (
        "no default"
        if read.default is None
        else repr(masked(read.default, secret=looks_secret(read.variable)))
    )
