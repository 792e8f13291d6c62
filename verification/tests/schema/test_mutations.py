"""The comparison of schemas: a mutation is one difference, a harmless change none, an option allows one.

By default the cases run in batches. ``MUTATIONS=alone`` in the environment runs each case alone, one object class
a test; ``MUTATIONS=pg_dump`` does the same before ``pg_dump -s`` (some minutes).
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest

from verification.postgres.server import Server
from verification.schema.comparison.options import Options
from verification.tests.schema.mutations import harmless, optional
from verification.tests.schema.mutations.all_cases import BY_CLASS, MUTATIONS
from verification.tests.schema.mutations.cases import Allowed, Case, Harmless, Mutation
from verification.tests.schema.mutations.installation import HERE, can_run
from verification.tests.schema.mutations.judging import Comparison
from verification.tests.schema.mutations.pg_dump import PgDump

pytestmark = pytest.mark.postgres

MODE: Final = os.environ.get("MUTATIONS", "batches")
ALL: Final[tuple[Case, ...]] = (*MUTATIONS, *harmless.CASES, *optional.CASES)
TESTS: Final = 2
"""Tests that the batches are divided among, so that processes can share them."""
PARTS: Final[Mapping[str, Sequence[Case]]] = (
    {f"part {part + 1} of {TESTS}": ALL[part::TESTS] for part in range(TESTS)}
    if MODE == "batches"
    else {**BY_CLASS, "harmless": harmless.CASES, "optional": optional.CASES}
)

Problems = Mapping[str, list[str]]
"""What is wrong about each case that is not as it should be, by its name."""
Observer = Callable[[Sequence[Case]], Problems]

COLUMN: Final = Mutation(
    "", "ALTER TABLE payments.merchant ADD fax text", "column", "payments.merchant.fax", change="added"
)
RENAME: Final = Mutation(
    "",
    "ALTER TABLE payments.merchant RENAME note TO remark",
    "column",
    "payments.merchant.note",
    "name",
    mirrored="payments.merchant.remark",
)
WRONG: Final = (
    replace(COLUMN, name="another kind", kind="table"),
    replace(COLUMN, name="another object", object="payments.merchant.phone"),
    replace(COLUMN, name="another change", change="removed"),
    replace(COLUMN, name="nothing changes", sql="SELECT 1"),
    replace(COLUMN, name="two things change", sql=f"{COLUMN.sql}, ADD phone text"),
    replace(COLUMN, name="a statement fails", sql="ALTER TABLE payments.nobody ADD fax text"),
    replace(COLUMN, name="its preparation fails", given="DROP TABLE payments.nobody"),
    replace(RENAME, name="another attribute", attribute="type"),
    replace(RENAME, name="another name on the way back", mirrored=""),
    Harmless("not harmless", COLUMN.sql),
    Harmless("not harmless when committed", COLUMN.sql, autocommit=True),
    Allowed("not allowed by this option", COLUMN.sql, Options(list_order=True)),
    Allowed("allowed without an option", "SELECT 1", Options(list_order=True)),
)
WRONG_FOR_PG_DUMP: Final = (
    replace(COLUMN, name="not blind", pg_dump_blind="it is said to be blind"),
    replace(COLUMN, name="blind", sql="SELECT 1"),
    Harmless("alarm", COLUMN.sql),
    Harmless("no alarm", "SELECT 1", pg_dump_alarm="it is said to raise an alarm"),
)


@pytest.fixture(scope="module")
def comparison(server: Server) -> Iterator[Comparison]:
    with Comparison(server) as comparison:
        yield comparison


@pytest.fixture(scope="module")
def pg_dump(server: Server) -> Iterator[PgDump]:
    with PgDump(server) as pg_dump:
        yield pg_dump


@pytest.fixture(scope="module")
def observer(request: pytest.FixtureRequest) -> Observer:
    """The observer that the environment asks for."""
    if MODE == "batches":
        comparison: Comparison = request.getfixturevalue("comparison")
        return comparison.problems_in_batches
    judge: Comparison | PgDump = request.getfixturevalue({"alone": "comparison", "pg_dump": "pg_dump"}[MODE])
    return lambda cases: {case.name: lines for case in cases if (lines := judge.problems(case))}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cases", PARTS.values(), ids=PARTS)
def test_every_case_is_seen_as_what_it_is(server: Server, observer: Observer, cases: Sequence[Case]) -> None:
    """Exactly the object and the attribute, in both directions; nothing of a harmless change."""
    possible = [case for case in cases if can_run(case, server)]
    problems = observer(possible)

    assert possible
    assert not problems, as_text(problems)


def test_every_list_is_judged() -> None:
    """A module of cases that nobody imports would test nothing."""
    modules = {
        path.stem for path in HERE.glob("*.py") if "\nCASES: Final" in path.read_text(encoding="utf-8")
    }

    assert modules == {*BY_CLASS, "harmless", "optional"}


def test_the_names_of_the_cases_differ() -> None:
    names = [case.name for case in ALL]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.name)
def test_a_wrong_case_has_problems(comparison: Comparison, case: Case) -> None:
    assert comparison.problems(case)


@pytest.mark.slow
def test_each_wrong_case_of_a_batch_is_named(comparison: Comparison) -> None:
    """And the right ones are not."""
    right = [case for case in MUTATIONS if can_run(case, comparison.server)][::70]

    problems = comparison.problems_in_batches([*right, *WRONG])

    assert sorted(problems) == sorted(case.name for case in WRONG)


@pytest.mark.skipif(MODE == "alone", reason="no pg_dump of every version is here; MUTATIONS=pg_dump tries it")
@pytest.mark.parametrize("case", WRONG_FOR_PG_DUMP, ids=lambda case: case.name)
def test_a_wrong_reason_of_pg_dump_is_a_problem(pg_dump: PgDump, case: Case) -> None:
    assert pg_dump.problems(case)


def as_text(problems: Problems) -> str:
    """Return the cases that are wrong, and of each what is wrong, a line each."""
    lines = [
        line for name, reasons in problems.items() for line in (name, *(f"    {each}" for each in reasons))
    ]
    return "\n".join([f"{len(problems)} cases are wrong:", *lines])
