"""The process that runs the gate over small projects."""

from collections.abc import Iterator

import pytest

from verification.tests.suite.gate_runs import Runs


@pytest.fixture(scope="session")
def runs() -> Iterator[Runs]:
    """Runs of the command line, each in a process of its own."""
    runs = Runs()
    yield runs
    runs.close()
