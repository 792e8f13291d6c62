"""Every case before an independent observer: run by name, since each case takes a database and a dump.

pytest verification/tests/schema/mutations/against_pg_dump.py
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest

from verification.postgres.server import Server
from verification.tests.schema.mutations import harmless, second
from verification.tests.schema.mutations.all_cases import MUTATIONS
from verification.tests.schema.mutations.cases import Harmless, Mutation
from verification.tests.schema.mutations.installation import FIRST, SECOND, give_cases
from verification.tests.schema.mutations.observer import Observer

CASES: Final[Mapping[str, Sequence[Mutation | Harmless]]] = {
    "test_pg_dump_shows_a_mutation_or_the_case_says_why_not": MUTATIONS,
    "test_pg_dump_shows_a_mutation_of_the_second_list_or_the_case_says_why_not": second.MUTATIONS,
    "test_pg_dump_is_silent_about_the_harmless_or_the_case_says_why_not": harmless.CASES,
}


@pytest.fixture(scope="module")
def first_base(server: Server) -> Iterator[Observer]:
    with Observer(server, FIRST) as observer:
        yield observer


@pytest.fixture(scope="module")
def second_base(server: Server) -> Iterator[Observer]:
    with Observer(server, SECOND) as observer:
        yield observer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test has a list of its own."""
    give_cases(metafunc, CASES[metafunc.function.__name__])


def test_pg_dump_shows_a_mutation_or_the_case_says_why_not(first_base: Observer, case: Mutation) -> None:
    """The reason is there, and true."""
    assert first_base.faults(case) == []


def test_pg_dump_shows_a_mutation_of_the_second_list_or_the_case_says_why_not(
    second_base: Observer, case: Mutation
) -> None:
    """The reason is there, and true."""
    assert second_base.faults(case) == []


def test_pg_dump_is_silent_about_the_harmless_or_the_case_says_why_not(
    first_base: Observer, case: Harmless
) -> None:
    """The reason is there, and true."""
    assert first_base.faults(case) == []
