"""The verifier verified: each attribute changed once, each harmless difference made, each option tried."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest

from verification.postgres.server import Server
from verification.schema.comparison.compare import compare
from verification.tests.schema.mutations import harmless, optional, second
from verification.tests.schema.mutations.all_cases import MUTATIONS
from verification.tests.schema.mutations.cases import Allowed, Harmless, Mutation
from verification.tests.schema.mutations.installation import FIRST, SECOND, give_cases
from verification.tests.schema.mutations.runner import Laboratory
from verification.tests.schema.mutations.verdict import faults

CASES: Final[Mapping[str, Sequence[Mutation | Harmless | Allowed]]] = {
    "test_a_mutation_is_one_difference": MUTATIONS,
    "test_a_mutation_of_the_second_list_is_one_difference": second.MUTATIONS,
    "test_what_is_harmless_is_no_difference": harmless.CASES,
    "test_an_option_allows_one_difference": optional.CASES,
}


@pytest.fixture(scope="module")
def first_base(server: Server) -> Iterator[Laboratory]:
    with Laboratory(server, FIRST) as laboratory:
        yield laboratory


@pytest.fixture(scope="module")
def second_base(server: Server) -> Iterator[Laboratory]:
    with Laboratory(server, SECOND) as laboratory:
        yield laboratory


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test has a list of its own."""
    give_cases(metafunc, CASES[metafunc.function.__name__])


def test_a_mutation_is_one_difference(first_base: Laboratory, case: Mutation) -> None:
    """Exactly the object and the attribute, in both directions."""
    assert faults(first_base, case) == []


def test_a_mutation_of_the_second_list_is_one_difference(second_base: Laboratory, case: Mutation) -> None:
    """Exactly the object and the attribute, in both directions."""
    assert faults(second_base, case) == []


def test_what_is_harmless_is_no_difference(first_base: Laboratory, case: Harmless) -> None:
    """Another way to the same database."""
    assert faults(first_base, case) == []


def test_an_option_allows_one_difference(first_base: Laboratory, case: Allowed) -> None:
    """A difference unless the option is given."""
    schema, other = first_base.sides(case)

    assert compare(schema, other)
    assert compare(other, schema)
    assert compare(schema, other, case.option) == []
    assert compare(other, schema, case.option) == []
