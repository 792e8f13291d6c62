"""A second list of mutations, written from the specification by somebody who had not read the reader.

It stands on a base of its own: ``base.sql``, and on newer servers ``since_15.sql`` and ``since_18.sql``.
"""

from typing import Final

from verification.tests.schema.mutations.cases import Mutation
from verification.tests.schema.mutations.second import (
    columns,
    constraints,
    indexes,
    notes,
    rare,
    routines,
    tables,
    triggers,
    user_types,
    views,
)

MUTATIONS: Final[tuple[Mutation, ...]] = (
    *columns.MUTATIONS,
    *constraints.MUTATIONS,
    *indexes.MUTATIONS,
    *tables.MUTATIONS,
    *user_types.MUTATIONS,
    *views.MUTATIONS,
    *routines.MUTATIONS,
    *triggers.MUTATIONS,
    *notes.MUTATIONS,
    *rare.MUTATIONS,
)
