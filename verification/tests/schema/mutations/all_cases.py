"""All mutations, by object class."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from verification.tests.schema.mutations import (
    collations,
    columns,
    comments,
    constraints,
    databases,
    dependencies,
    extensions,
    foreign_data,
    indexes,
    languages,
    operators,
    policies,
    privileges,
    publications,
    routines,
    schemas,
    sequences,
    statistics,
    subscriptions,
    tables,
    text_search,
    triggers,
    types,
    views,
)
from verification.tests.schema.mutations.cases import Mutation

BY_CLASS: Final[Mapping[str, Sequence[Mutation]]] = {
    "schemas": schemas.CASES,
    "tables": tables.CASES,
    "columns": columns.CASES,
    "constraints": constraints.CASES,
    "indexes": indexes.CASES,
    "sequences": sequences.CASES,
    "types": types.CASES,
    "views": views.CASES,
    "routines": routines.CASES,
    "triggers": triggers.CASES,
    "policies": policies.CASES,
    "comments": comments.CASES,
    "privileges": privileges.CASES,
    "databases": databases.CASES,
    "extensions": extensions.CASES,
    "statistics": statistics.CASES,
    "publications": publications.CASES,
    "subscriptions": subscriptions.CASES,
    "foreign_data": foreign_data.CASES,
    "collations": collations.CASES,
    "operators": operators.CASES,
    "text_search": text_search.CASES,
    "languages": languages.CASES,
    "dependencies": dependencies.CASES,
}
MUTATIONS: Final[tuple[Mutation, ...]] = tuple(chain.from_iterable(BY_CLASS.values()))
