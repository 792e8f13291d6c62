"""The object classes that are no part of a relation."""

from collections.abc import Mapping

from . import inspected_forms as form
from .base import CLASSES, Names, Object, Other, PerKey, Value, of_kinds
from .meaning import AFTER, CREATE, NOT_NULL_NAME, NOT_NULL_PART, Meaning, attribute


@of_kinds("schema")
class Namespace(Object):
    """A schema."""

    owner: str | None = attribute(None, AFTER)


@of_kinds("extension")
class Extension(Object):
    """An extension."""

    version: str | None = attribute(None, CREATE)
    schema: str | None = attribute(None, CREATE)


@of_kinds("type")
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


@of_kinds("function", "procedure", "aggregate")
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


@of_kinds("event_trigger")
class EventTrigger(Object):
    """An event trigger."""

    owner: str | None = attribute(None, AFTER)
    event: str | None = attribute(None, CREATE)
    function: str | None = attribute(None, CREATE)
    tags: Names | None = attribute(None, CREATE)
    enabled: str | None = attribute(None, AFTER)


@of_kinds("statistics")
class Statistics(Object):
    """An extended statistics object."""

    owner: str | None = attribute(None, AFTER)
    table: str | None = attribute(None, CREATE)
    kinds: Names | None = attribute(None, CREATE)
    columns: Names | None = attribute(None, CREATE)
    expressions: Names | None = attribute(None, Meaning(text="expression", parsed=True, made="create"))
    target: int | None = attribute(None, AFTER)


@of_kinds("collation")
class Collation(Object):
    """A collation."""

    owner: str | None = attribute(None, AFTER)
    provider: str | None = attribute(None, CREATE)
    locale: str | None = attribute(None, CREATE)
    deterministic: bool | None = attribute(None, CREATE)
    rules: str | None = attribute(None, CREATE)
    version: str | None = attribute(None, Meaning(implied_by=("provider", "locale"), made="create"))


@of_kinds()
class Annotation(Object):
    """What is said of another object; it has one attribute."""


@of_kinds("comment")
class Comment(Annotation):
    """A comment on an object."""

    comment: str | None = attribute(None, Meaning(text="verbatim", made="create"))


@of_kinds("security_label")
class SecurityLabel(Annotation):
    """A security label of an object."""

    label: str | None = attribute(None, Meaning(text="verbatim"))


@of_kinds("grant", "default_privileges")
class Privileges(Annotation):
    """What one grantee may do with an object, or by default with new ones."""

    privileges: Names | None = attribute(None, CREATE)


CLASSES.update(dict.fromkeys((
    "access_method", "cast", "conversion", "database", "foreign_data_wrapper", "language", "operator",
    "operator_class", "operator_family", "publication", "publication_schema", "publication_table", "server",
    "subscription", "text_search_configuration", "text_search_dictionary", "text_search_parser",
    "text_search_template", "transform", "user_mapping",
), Other))  # fmt: skip
