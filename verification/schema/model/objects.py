"""The object classes. A field that is None has PostgreSQL's default, so that it does not matter who wrote it out.

A new attribute is one field here, with what is special of it in its ``Meaning``, and one column of the class's query;
one that ``diff --format sql`` shall write also needs its words in ``ddl``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import Any, Final, Self, TypeAlias

from . import inspected_forms as form
from .identity import Identity
from .meaning import KEY, NOTHING_SPECIAL, Meaning, attribute

Value: TypeAlias = Any
"""``str | int | float | bool | None``, tuples of them and dictionaries from text to them."""
Names: TypeAlias = tuple[str, ...]
PerKey: TypeAlias = tuple[str | None, ...]

CREATE: Final = Meaning(made="create")
AFTER: Final = Meaning(made="after")
FLAG: Final = Meaning(made="create", inspected=form.flag)
COLUMNS: Final = Meaning(made="create", inspected=form.unquoted_list)
OWNER: Final = Meaning(made="after", follows_table=True)
NOT_NULL_NAME: Final = Meaning(
    text="verbatim", part_of="not_null", generated_name=True, by_attaching=True, since=18, made="create"
)
NOT_NULL_PART: Final = Meaning(part_of="not_null")
COMMON: Final = frozenset({"key", "parents", "uses"})
"""Fields that are not attributes."""


@dataclass(frozen=True, kw_only=True)
class Object:
    """One object of a database."""

    key: Identity
    parents: tuple[Identity, ...] = ()
    """Objects whose removal also removes this one: its table, its columns, the object it is inherited from."""
    uses: tuple[Identity, ...] = ()
    """Columns that a view, a rule, a policy or an SQL body reads: its text changes when one is renamed."""
    extension: str | None = None
    """The extension that it is a member of."""
    depends_on_extensions: Names | None = None

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Attribute -> value; what has PostgreSQL's default is absent."""
        values = ((name, getattr(self, name)) for name in attribute_names(self.key.kind))
        return {name: value for name, value in values if value is not None}

    def meaning(self, name: str) -> Meaning:
        """Return what is special of an attribute."""
        return meanings(self.key.kind).get(name, NOTHING_SPECIAL)

    def having(self, attributes: Mapping[str, Value]) -> Self:
        """Return the object with these attributes and no others."""
        return type(self)(key=self.key, parents=self.parents, uses=self.uses, **attributes)

    def called(self, key: Identity, parents: tuple[Identity, ...], uses: tuple[Identity, ...]) -> Self:
        """Return the object with other names."""
        return replace(self, key=key, parents=parents, uses=uses)


@dataclass(frozen=True, kw_only=True)
class Other(Object):
    """An object of a class that is only compared: operators, text search, foreign data, publications and the like."""

    described: Mapping[str, Value] | None = None

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Attribute -> value; what has PostgreSQL's default is absent."""
        common = {"extension": self.extension, "depends_on_extensions": self.depends_on_extensions}
        return {**(self.described or {}), **{name: each for name, each in common.items() if each is not None}}

    def having(self, attributes: Mapping[str, Value]) -> Self:
        """Return the object with these attributes and no others."""
        return replace(self, described=attributes, extension=None, depends_on_extensions=None)


@dataclass(frozen=True, kw_only=True)
class Namespace(Object):
    """A schema."""

    owner: str | None = attribute(None, AFTER)


@dataclass(frozen=True, kw_only=True)
class Extension(Object):
    """An extension."""

    version: str | None = attribute(None, CREATE)
    schema: str | None = attribute(None, CREATE)


@dataclass(frozen=True, kw_only=True)
class Relation(Object):
    """What tables, foreign tables and views have in common."""

    column_order: Names | None = attribute(None, COLUMNS)
    """Names of the columns in order."""
    owner: str | None = attribute(None, OWNER)
    persistence: str | None = attribute(None, Meaning(follows_table=True))
    access_method: str | None = attribute(None, CREATE)
    tablespace: str | None = None
    storage_parameters: Names | None = None
    replica_identity: str | None = attribute(None, Meaning(names_index=True))
    clustered_index: str | None = attribute(None, Meaning(names_index=True))
    detach_pending: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Table(Relation):
    """An ordinary or a partitioned table."""

    row_security: bool | None = attribute(None, AFTER)
    row_security_forced: bool | None = attribute(None, AFTER)
    partition_key: str | None = attribute(None, CREATE)
    partition_of: Names | None = attribute(None, CREATE)
    partition_bound: str | None = attribute(None, Meaning(implied_by=("partition_of",), made="create"))
    inherits: Names | None = attribute(None, CREATE)
    of_type: str | None = None
    storage_parameters: Names | None = attribute(None, AFTER)


@dataclass(frozen=True, kw_only=True)
class ForeignTable(Table):
    """A foreign table."""

    server: str | None = None
    options: Names | None = None


@dataclass(frozen=True, kw_only=True)
class View(Relation):
    """A view or a materialized view."""

    definition: str | None = attribute(
        None, Meaning(text="query", parsed=True, made="create", inspected=form.text)
    )
    options: Names | None = None
    populated: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Sequence(Object):
    """A sequence, without its current value."""

    owner: str | None = attribute(None, OWNER)
    persistence: str | None = attribute(None, Meaning(follows_table=True))
    access_method: str | None = None
    tablespace: str | None = None
    storage_parameters: Names | None = None

    type: str | None = None
    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool | None = None
    owned_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Column(Object):
    """A column of a table, a foreign table or a view."""

    type: str | None = attribute(None, Meaning(made="create", inspected=form.type_name))
    collation: str | None = attribute(None, Meaning(made="create", inspected=form.collation))
    not_null: bool | None = attribute(None, Meaning(inspected=form.flag))
    not_null_constraint: str | None = attribute(None, NOT_NULL_NAME)
    not_null_valid: bool | None = attribute(None, NOT_NULL_PART)
    not_null_no_inherit: bool | None = attribute(None, NOT_NULL_PART)
    default: str | None = attribute(
        None, Meaning(text="expression", parsed=True, made="create", inspected=form.text)
    )
    generated: str | None = attribute(
        None, Meaning(text="expression", parsed=True, made="create", inspected=form.text)
    )
    generated_kind: str | None = attribute(
        None, Meaning(part_of="generated", made="create", inspected=form.text)
    )
    identity: str | None = attribute(None, Meaning(inspected=form.text))
    identity_sequence: str | None = attribute(None, Meaning(part_of="identity", generated_name=True))
    identity_start: int | None = attribute(None, Meaning(part_of="identity", inspected=form.one_by_default))
    identity_increment: int | None = attribute(
        None, Meaning(part_of="identity", inspected=form.one_by_default)
    )
    identity_minimum: int | None = attribute(None, Meaning(part_of="identity", inspected=form.limit))
    identity_maximum: int | None = attribute(None, Meaning(part_of="identity", inspected=form.limit))
    identity_cache: int | None = attribute(None, Meaning(part_of="identity", inspected=form.one_by_default))
    identity_cycle: bool | None = attribute(None, Meaning(part_of="identity", inspected=form.flag))
    identity_persistence: str | None = attribute(None, Meaning(part_of="identity"))
    identity_owner: str | None = attribute(None, Meaning(part_of="identity"))
    storage: str | None = attribute(None, AFTER)
    compression: str | None = attribute(None, CREATE)
    statistics_target: int | None = attribute(None, AFTER)
    options: Names | None = attribute(None, AFTER)
    foreign_options: Names | None = None
    local: bool | None = attribute(None, CREATE)


@dataclass(frozen=True, kw_only=True)
class Keyed(Object):
    """What an index and a constraint with an index have in common."""

    method: str | None = attribute(None, Meaning(made="create", inspected=form.text))
    keys: PerKey | None = attribute(
        None, Meaning(text="expression", parsed=True, made="create", inspected=form.expressions)
    )
    order: PerKey | None = attribute(None, Meaning(per_key=True, made="create", inspected=form.orders))
    operator_classes: PerKey | None = attribute(
        None, Meaning(per_key=True, made="create", inspected=form.per_key)
    )
    operator_class_parameters: tuple[Names | None, ...] | None = attribute(None, Meaning(per_key=True))
    collations: PerKey | None = attribute(None, Meaning(per_key=True, made="create"))
    statistics_targets: tuple[int | None, ...] | None = attribute(None, Meaning(per_key=True))
    predicate: str | None = attribute(
        None, Meaning(text="expression", parsed=True, made="create", inspected=form.text)
    )
    include: Names | None = attribute(
        None, Meaning(unordered=True, made="create", inspected=form.unquoted_list)
    )
    nulls_not_distinct: bool | None = attribute(None, FLAG)
    storage_parameters: Names | None = attribute(None, Meaning(made="create", inspected=form.parameters))
    tablespace: str | None = None
    ready: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Index(Keyed):
    """An index that no constraint has."""

    unique: bool | None = attribute(None, FLAG)
    valid: bool | None = attribute(None, Meaning(inspected=form.true_by_default))
    partition_of: str | None = attribute(None, Meaning(by_attaching=True, made="create"))


@dataclass(frozen=True, kw_only=True)
class Constraint(Keyed):
    """A constraint of a table or a domain, together with its index."""

    kind: str | None = attribute(None, Meaning(made="create", inspected=form.text))
    method: str | None = attribute(None, Meaning(implied_by=("period",), made="create", inspected=form.text))
    columns: Names | None = attribute(None, COLUMNS)
    expression: str | None = attribute(
        None, Meaning(text="expression", parsed=True, made="create", inspected=form.expression)
    )
    target: str | None = attribute(None, Meaning(made="create", inspected=form.unquoted))
    target_columns: Names | None = attribute(None, COLUMNS)
    on_update: str | None = attribute(None, Meaning(made="create", inspected=form.action))
    on_delete: str | None = attribute(None, Meaning(made="create", inspected=form.action))
    on_delete_columns: Names | None = attribute(None, Meaning(implied_by=("on_delete",), made="create"))
    match: str | None = attribute(None, Meaning(made="create", inspected=form.match))
    deferrable: bool | None = attribute(None, FLAG)
    initially_deferred: bool | None = attribute(
        None, Meaning(implied_by=("deferrable",), made="create", inspected=form.flag)
    )
    enforced: bool | None = attribute(None, CREATE)
    valid: bool | None = attribute(
        None, Meaning(implied_by=("enforced",), inspected=form.true_by_default)
    )  # what is not enforced cannot be valid
    no_inherit: bool | None = attribute(None, FLAG)
    period: bool | None = attribute(None, CREATE)
    operators: Names | None = attribute(None, CREATE)
    local: bool | None = attribute(None, CREATE)
    triggers: Names | None = None


@dataclass(frozen=True, kw_only=True)
class Type(Object):
    """A type."""

    category: str | None = attribute(None, CREATE)
    owner: str | None = attribute(None, AFTER)
    values: Names | None = attribute(None, Meaning(inspected=form.as_tuple))
    base_type: str | None = attribute(None, Meaning(made="create", inspected=form.without_modifier))
    collation: str | None = attribute(None, Meaning(made="create", inspected=form.collation))
    default: str | None = attribute(None, Meaning(text="expression", inspected=form.text))
    not_null: bool | None = attribute(None, Meaning(inspected=form.flag))
    not_null_constraint: str | None = attribute(None, NOT_NULL_NAME)
    not_null_valid: bool | None = attribute(None, NOT_NULL_PART)
    not_null_no_inherit: bool | None = attribute(None, NOT_NULL_PART)
    attributes: Names | None = None
    """Names and types of a composite type's attributes."""
    subtype: str | None = attribute(None, CREATE)
    operator_class: str | None = attribute(None, Meaning(implied_by=("subtype",), made="create"))
    subtype_collation: str | None = attribute(None, Meaning(implied_by=("subtype",), made="create"))
    canonical: str | None = attribute(None, CREATE)
    subtype_difference: str | None = attribute(None, CREATE)
    multirange: str | None = attribute(None, CREATE)
    definition: Mapping[str, Value] | None = attribute(None, Meaning(text="query"))


@dataclass(frozen=True, kw_only=True)
class Routine(Object):
    """A function, a procedure or an aggregate; CREATE OR REPLACE writes all of it."""

    window: bool | None = attribute(None, CREATE)
    owner: str | None = attribute(None, AFTER)
    result: str | None = attribute(None, CREATE)
    language: str | None = attribute(None, CREATE)
    body: str | None = attribute(None, Meaning(text="verbatim", body=True))
    sql_body: str | None = attribute(None, Meaning(text="statement", body=True))
    library: str | None = attribute(None, Meaning(text="verbatim"))
    volatility: str | None = attribute(None, CREATE)
    strict: bool | None = None
    leakproof: bool | None = None
    parallel: str | None = attribute(None, CREATE)
    security_definer: bool | None = None
    cost: float | None = attribute(None, CREATE)
    rows: float | None = None
    support: str | None = None
    settings: Names | None = None
    argument_names: PerKey | None = attribute(None, CREATE)
    argument_modes: Names | None = attribute(None, Meaning(implied_by=("result",), made="create"))
    argument_defaults: str | None = None
    transform_types: Names | None = None
    aggregate: Mapping[str, Value] | None = attribute(None, CREATE)


@dataclass(frozen=True, kw_only=True)
class Trigger(Object):
    """A trigger of a table or a view."""

    function: str | None = attribute(None, CREATE)
    arguments: Names | None = attribute(None, CREATE)
    condition: str | None = attribute(None, Meaning(text="expression", parsed=True, made="create"))
    old_table: str | None = attribute(None, CREATE)
    new_table: str | None = attribute(None, CREATE)
    constraint: bool | None = attribute(None, CREATE)
    referenced_table: str | None = attribute(None, CREATE)
    deferrable: bool | None = attribute(None, CREATE)
    initially_deferred: bool | None = attribute(None, Meaning(implied_by=("deferrable",), made="create"))
    enabled: str | None = attribute(None, AFTER)
    timing: str | None = attribute(None, CREATE)
    level: str | None = attribute(None, CREATE)
    events: Names | None = attribute(None, CREATE)
    columns: Names | None = attribute(None, CREATE)
    inherited: bool | None = attribute(None, CREATE)


@dataclass(frozen=True, kw_only=True)
class Rule(Object):
    """A rule of a table or a view."""

    definition: str | None = attribute(None, Meaning(text="query", made="create"))
    enabled: str | None = attribute(None, AFTER)


@dataclass(frozen=True, kw_only=True)
class Policy(Object):
    """A row security policy."""

    command: str | None = attribute(None, CREATE)
    permissive: bool | None = attribute(None, CREATE)
    roles: Names | None = attribute(None, CREATE)
    using: str | None = attribute(None, Meaning(text="statement", parsed=True, made="create"))
    check: str | None = attribute(None, Meaning(text="statement", parsed=True, made="create"))


@dataclass(frozen=True, kw_only=True)
class EventTrigger(Object):
    """An event trigger."""

    owner: str | None = attribute(None, AFTER)
    event: str | None = attribute(None, CREATE)
    function: str | None = attribute(None, CREATE)
    tags: Names | None = attribute(None, CREATE)
    enabled: str | None = attribute(None, AFTER)


@dataclass(frozen=True, kw_only=True)
class Statistics(Object):
    """An extended statistics object."""

    owner: str | None = attribute(None, AFTER)
    table: str | None = attribute(None, CREATE)
    kinds: Names | None = attribute(None, CREATE)
    columns: Names | None = attribute(None, CREATE)
    expressions: Names | None = attribute(None, CREATE)
    target: int | None = attribute(None, AFTER)


@dataclass(frozen=True, kw_only=True)
class Collation(Object):
    """A collation."""

    owner: str | None = attribute(None, AFTER)
    provider: str | None = attribute(None, CREATE)
    locale: str | None = attribute(None, CREATE)
    deterministic: bool | None = attribute(None, CREATE)
    rules: str | None = attribute(None, CREATE)
    version: str | None = attribute(None, Meaning(implied_by=("provider", "locale"), made="create"))


@dataclass(frozen=True, kw_only=True)
class Annotation(Object):
    """What is said of another object; it has one attribute."""


@dataclass(frozen=True, kw_only=True)
class Comment(Annotation):
    """A comment on an object."""

    comment: str | None = attribute(None, Meaning(text="verbatim", made="create"))


@dataclass(frozen=True, kw_only=True)
class SecurityLabel(Annotation):
    """A security label of an object."""

    label: str | None = attribute(None, Meaning(text="verbatim"))


@dataclass(frozen=True, kw_only=True)
class Privileges(Annotation):
    """What one grantee may do with an object, or by default with new ones."""

    privileges: Names | None = attribute(None, CREATE)


OTHER: Final = (
    "access_method", "cast", "conversion", "database", "foreign_data_wrapper", "language", "operator",
    "operator_class", "operator_family", "publication", "publication_schema", "publication_table", "server",
    "subscription", "text_search_configuration", "text_search_dictionary", "text_search_parser",
    "text_search_template", "transform", "user_mapping",
)  # fmt: skip
CLASSES: Final[Mapping[str, type[Object]]] = {
    **dict.fromkeys(OTHER, Other),
    **dict.fromkeys(("function", "procedure", "aggregate"), Routine),
    **dict.fromkeys(("view", "materialized_view"), View),
    **dict.fromkeys(("grant", "default_privileges"), Privileges),
    "schema": Namespace, "extension": Extension, "table": Table,
    "foreign_table": ForeignTable, "sequence": Sequence, "column": Column,
    "constraint": Constraint, "index": Index, "type": Type, "trigger": Trigger, "rule": Rule, "policy": Policy,
    "event_trigger": EventTrigger, "statistics": Statistics, "collation": Collation, "comment": Comment,
    "security_label": SecurityLabel,
}  # fmt: skip
"""Object class -> its dataclass; a class that is not here is ``not_compared``."""


def described(
    key: Identity,
    attributes: Mapping[str, Value],
    parents: tuple[Identity, ...] = (),
    uses: tuple[Identity, ...] = (),
) -> Object:
    """Return an object of the class that its identity names. Raises ``TypeError`` for an attribute it does not have."""
    make = CLASSES.get(key.kind, Other)
    if make is not Other:
        return make(key=key, parents=parents, uses=uses, **attributes)
    common = {name: attributes.get(name) for name in ("extension", "depends_on_extensions")}
    own = {name: value for name, value in attributes.items() if name not in common}
    return Other(key=key, parents=parents, uses=uses, **common, described=own)


@cache
def meanings(kind: str) -> Mapping[str, Meaning]:
    """Return attribute of an object class -> what is special of it."""
    return {
        each.name: each.metadata.get(KEY, NOTHING_SPECIAL)
        for each in fields(CLASSES.get(kind, Other))
        if each.name not in COMMON
    }


@cache
def attribute_names(kind: str) -> Names:
    """Return the attributes of an object class."""
    return tuple(meanings(kind))


@cache
def with_meaning(kind: str, field: str, value: Value = True) -> Names:
    """Return the attributes of an object class for which a field of ``Meaning`` has this value."""
    return tuple(name for name, meaning in meanings(kind).items() if getattr(meaning, field) == value)
