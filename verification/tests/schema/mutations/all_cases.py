"""All mutations, by object class."""

from typing import Final

from verification.tests.schema.mutations import (
    columns,
    consequences,
    constraints,
    indexes,
    moves,
    others,
    policies,
    routines,
    sequences,
    tables,
    triggers,
    types,
    views,
)
from verification.tests.schema.mutations.cases import Mutation

MUTATIONS: Final[tuple[Mutation, ...]] = (
    *tables.CASES,
    *columns.CASES,
    *constraints.CASES,
    *indexes.CASES,
    *sequences.CASES,
    *types.CASES,
    *views.CASES,
    *routines.CASES,
    *triggers.CASES,
    *policies.CASES,
    *others.CASES,
    *moves.CASES,
    *consequences.CASES,
)
