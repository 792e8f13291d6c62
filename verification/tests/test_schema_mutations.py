"""The verifier verified: each attribute changed once, each harmless difference made, each option tried."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest

from verification.plugin import SERVERS
from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.compare import compare
from verification.schema.model import Schema
from verification.tests.mutations import harmless, optional
from verification.tests.mutations.all_cases import MUTATIONS
from verification.tests.mutations.cases import Allowed, Harmless, Mutation
from verification.tests.mutations.runner import base_database, mutated

MIRROR: Final = {"added": "removed", "removed": "added", "changed": "changed"}


@pytest.fixture(scope="module")
def base(server: Server) -> Iterator[Database]:
    with base_database(server) as made:
        yield made


@pytest.fixture(scope="module")
def schema(base: Database) -> Schema:
    return catalog.read(base.url)


def server_version(config: pytest.Config) -> int:
    """Without a server (``--provider none``) nothing of this runs; the newest version stands for it."""
    if config.getoption("--provider") == "none":
        return 18
    return config.stash[SERVERS].plain().major


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test the cases that the server's version can do."""
    lists: Mapping[str, Sequence[Mutation | Harmless | Allowed]] = {
        "test_a_mutation_is_one_difference": MUTATIONS,
        "test_what_is_harmless_is_no_difference": harmless.CASES,
        "test_an_option_allows_one_difference": optional.CASES,
    }
    if cases := lists.get(metafunc.function.__name__):
        major = server_version(metafunc.config)
        metafunc.parametrize("case", [case for case in cases if case.since <= major], ids=str)


def test_a_mutation_is_one_difference(base: Database, schema: Schema, case: Mutation) -> None:
    """Exactly the object and the attribute, in both directions."""
    other = mutated(base, case)
    user = base.server.user

    there = compare(schema, other)
    back = compare(other, schema)

    name = case.object.format(user=user)
    assert [(each.kind, each.object, each.attribute) for each in there] == [(case.kind, name, case.attribute)]
    mirrored = (case.mirrored or name).format(user=user)
    assert [(each.kind, each.object, each.attribute) for each in back] == [
        (case.kind, mirrored, case.attribute)
    ]
    assert back[0].change == MIRROR[there[0].change]
    assert (back[0].left, back[0].right) == (there[0].right, there[0].left)


def test_what_is_harmless_is_no_difference(base: Database, schema: Schema, case: Harmless) -> None:
    """Another way to the same database."""
    other = mutated(base, case)

    assert compare(schema, other) == []
    assert compare(other, schema) == []


def test_an_option_allows_one_difference(base: Database, schema: Schema, case: Allowed) -> None:
    """A difference unless the option is given."""
    other = mutated(base, case)

    assert compare(schema, other)
    assert compare(other, schema)
    assert compare(schema, other, case.option) == []
    assert compare(other, schema, case.option) == []
