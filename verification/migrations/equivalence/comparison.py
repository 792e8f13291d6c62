"""Read databases with both readers and say whether two of them are equal.

The gate passes only when the catalog and the inspection both say so; where they disagree
about something that both can see, that is a failure of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...postgres.server import Server
from ...project.configuration import Configuration
from ...schema import catalog, spelling
from ...schema.comparison.compare import DEFAULTS, compare_schemas
from ...schema.comparison.difference import Difference
from ...schema.comparison.options import Options
from ...schema.inspection import cross_check, reading
from ...schema.model.schema import Schema
from ..execution.migration_runner import Databases
from ..execution.worker_process import JobFailed


@dataclass(frozen=True)
class StateReading:
    """The databases of one state, alias by alias."""

    schemas: Mapping[str, Schema]
    witnessed: Mapping[str, reading.Inspection] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    """Where PostgreSQL may be asked whether two spellings are one expression; never the live database."""


@dataclass
class StateComparison:
    """The result of comparing two readings."""

    differences: list[Difference] = field(default_factory=list)
    information: list[Difference] = field(default_factory=list)
    """Column order and models of another state: no failure of `squash`."""
    notes: list[str] = field(default_factory=list)
    """What was normalised between servers of two versions."""
    disagreements: list[Difference] = field(default_factory=list)
    """What one reader says and the other does not; left is the catalog's, right the inspection's."""

    @property
    def unwritten(self) -> list[Difference]:
        """What ``makemigrations`` would write once the originals are gone; the schemas may be equal."""
        return [each for each in self.information if each.kind == "state"]

    @property
    def equal(self) -> bool:
        """Whether both readers say equal."""
        return not self.differences and not self.disagreements


def configured(configuration: Configuration, options: Options = DEFAULTS) -> Options:
    """Return the options of a run: those of the command line, and those of ``[tool.verification]``."""
    return replace(
        options,
        ignore=options.ignore.union(configuration.ignore),
        generated_names=options.generated_names or configuration.generated_names,
    )


def read(server: Server, databases: Databases, *, both: bool = True) -> StateReading:
    """Read the database of each alias; ``both``: with the second reader too. Raises ``CannotRun``."""
    urls = {alias: server.url(databases.names[alias]) for alias in databases.own}
    return StateReading(
        {alias: catalog.read(url) for alias, url in urls.items()},
        {alias: reading.read(url) for alias, url in urls.items()} if both else {},
        urls,
    )


def compare_readings(left: StateReading, right: StateReading, options: Options) -> StateComparison:
    """Compare two readings of the same aliases."""
    found = StateComparison()
    for alias, schema in left.schemas.items():
        asked = [side.urls[alias] for side in (right, left) if alias in side.urls]
        ours = spelling.unified(schema, right.schemas[alias], asked)
        catalogs = compare_schemas(ours, right.schemas[alias], options, exchanges=True)
        found.differences += [with_alias(each, alias) for each in catalogs.differences]
        found.information += [with_alias(each, alias) for each in catalogs.information]
        found.notes += catalogs.notes
    for alias in left.witnessed.keys() & right.witnessed.keys():
        for side in (left, right):
            one = StateReading({alias: side.schemas[alias]}, {alias: side.witnessed[alias]})
            found.disagreements += disagreements(one)
        if options == DEFAULTS and ours is schema:
            # The inspection has no options and would report what they allow; nor does it ask for spellings.
            found.disagreements += _only_inspection_sees(
                found, left.witnessed[alias], right.witnessed[alias], alias
            )
    return found


def disagreements(state: StateReading) -> list[Difference]:
    """Return what the two readers see otherwise in one state."""
    return [
        with_alias(each, alias)
        for alias, seen in state.witnessed.items()
        for each in cross_check.disagreements(state.schemas[alias], seen)
    ]


def _only_inspection_sees(
    found: StateComparison, left: reading.Inspection, right: reading.Inspection, alias: str
) -> list[Difference]:
    """Return what the inspection alone tells apart, when the catalog calls the two equal."""
    if found.differences:
        return []
    return [with_alias(each, alias) for each in reading.compare_inspections(left, right)]


def does_not_apply(error: JobFailed, otherwise: str) -> Difference:
    """Return the difference for a migration that fails; ``otherwise`` names it where the error does not."""
    where = error.migration or otherwise
    return Difference("migration", where, "changed", "applies", "applies", error.message)


def with_alias(difference: Difference, alias: str) -> Difference:
    """Name the database in the object when it is not the default one."""
    if alias == "default":
        return difference
    return replace(difference, object=f"{alias}: {difference.object}")
