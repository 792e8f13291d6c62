"""The gate's environment part fails, when a row is missing from the README."""

import re

import pytest

from verification.environment import readme
from verification.environment.documentation import examine_project
from verification.environment.readme_comparison import compare
from verification.project.configuration import Configuration


@pytest.mark.slow
def test_each_row_of_the_readme_is_missed_when_it_is_removed(configuration: Configuration) -> None:
    """Whichever row goes, the finding names its variable and the place that reads it."""
    environment = examine_project(configuration)
    text = configuration.path(configuration.readme).read_text(encoding="utf-8")
    reads = [*environment.reads, *environment.other_reads]
    lines = text.splitlines(keepends=True)

    assert environment.rows
    for row in environment.rows:
        rows, _ = readme.parse("".join(lines[: row.line - 1] + lines[row.line :]), configuration.readme)
        (finding,) = compare(reads, rows, configuration.readme)
        pattern = rf"\S+:\d+: {row.variable}: undocumented: add a row for it to the table in README\.md"
        assert re.fullmatch(pattern, finding.line)
