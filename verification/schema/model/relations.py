"""Tables, views and sequences, and the parts of them."""

from . import inspected_forms as form
from .base import Names, Object, PerKey, of_kinds
from .meaning import AFTER, COLUMNS, CREATE, FLAG, NOT_NULL_NAME, NOT_NULL_PART, OWNER, Meaning, attribute


@of_kinds()
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


@of_kinds("table")
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


@of_kinds("foreign_table")
class ForeignTable(Table):
    """A foreign table."""

    server: str | None = None
    options: Names | None = None


@of_kinds("view", "materialized_view")
class View(Relation):
    """A view or a materialized view."""

    definition: str | None = attribute(
        None, Meaning(text="query", parsed=True, made="create", inspected=form.text)
    )
    options: Names | None = None
    populated: bool | None = None


@of_kinds("sequence")
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


@of_kinds("column")
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


@of_kinds()
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
    partition_of: str | None = attribute(None, Meaning(by_attaching=True, made="create"))
    """The index of the partitioned table that it is attached to, if that belongs to no constraint."""


@of_kinds("index")
class Index(Keyed):
    """An index that no constraint has."""

    unique: bool | None = attribute(None, FLAG)
    valid: bool | None = attribute(None, Meaning(inspected=form.true_by_default))


@of_kinds("constraint")
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


@of_kinds("trigger")
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


@of_kinds("rule")
class Rule(Object):
    """A rule of a table or a view."""

    definition: str | None = attribute(None, Meaning(text="query", made="create"))
    enabled: str | None = attribute(None, AFTER)


@of_kinds("policy")
class Policy(Object):
    """A row security policy."""

    command: str | None = attribute(None, CREATE)
    permissive: bool | None = attribute(None, CREATE)
    roles: Names | None = attribute(None, CREATE)
    using: str | None = attribute(None, Meaning(text="statement", parsed=True, made="create"))
    check: str | None = attribute(None, Meaning(text="statement", parsed=True, made="create"))
