"""The originals with rows in the tables, there and back: what they change, what their way back loses, where they stop.

An original that no database with rows can take: ckan/ckan#294, Chocobozzz/PeerTube#443, bcgov/entity#1178 (a column
that must not be NULL, without a value for the rows there are), apache/airflow#24566 (NOT NULL over NULLs).
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from verification.migrations.equivalence import chain_costs, upgrade_paths
from verification.migrations.equivalence.declared import Declared, Stops
from verification.migrations.equivalence.partial_states import build_partial_states
from verification.migrations.equivalence.upgrade import RowVolume
from verification.migrations.equivalence.with_rows import there_and_back
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.execution.tree_reader import original_chain
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import Edit, copy, project

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROWS: Final = RowVolume(20, {"people_person": 1.0})
STEP: Final = """from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("people", "{before}")]
    operations = [migrations.RunSQL({forward!r}, {back!r})]
"""
SQUASH: Final = "people/migrations/0001_squashed_0002_person_note.py"
UPPER: Final = "UPDATE people_person SET email = upper(email)"
CASES: Final[dict[str, tuple[str, str, list[str], list[str]]]] = {
    "rows_lost": ("SELECT 1", "DELETE FROM people_person WHERE id = 15", [], ["rows"]),
    "values_lost": ("SELECT 1", "UPDATE people_person SET password = ''", [], ["password"]),
    "garbled": (
        UPPER, "UPDATE people_person SET email = md5(email)", ["email changed in 20 rows"], ["email"],
    ),
    "restored": (
        "UPDATE people_person SET email = email || 'x'",
        "UPDATE people_person SET email = left(email, -1)",
        ["email changed in 20 rows"], [],
    ),
    "left_as_made": ("UPDATE people_person SET note = 'new'", "", ["note changed in 20 rows"], []),
    "removed": ("DELETE FROM people_person WHERE id > 15", "", ["5 rows removed"], []),
    "nothing": ("SELECT 1", "SELECT 1", [], []),
}  # fmt: skip
"""Case -> what its original does, what undoes it, what is shown, what its way back loses."""


def longer(folder: Path, steps: dict[str, tuple[str, str]]) -> Path:
    """Give the project one more original for each of these, which its squash replaces too."""
    before = "0002_person_note"
    for number, (name, (forward, back)) in enumerate(steps.items(), start=3):
        step = f"{number:04}_{name}"
        text = STEP.format(before=before, forward=forward, back=back)
        (folder / f"people/migrations/{step}.py").write_text(text, encoding="utf-8")
        Edit(SQUASH, f'("people", "{before}")', f'("people", "{before}"), ("people", "{step}")')(folder)
        before = step
    return folder


def test_what_the_way_back_loses_is_found(server: Server, tmp_path: Path) -> None:
    """What an original itself changed is shown; only what its way back took or garbled is a difference."""
    folder = longer(copy("members", tmp_path), {name: case[:2] for name, case in CASES.items()})
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        squash = runner.tree.chosen(["people"])[0]
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, [squash])
        found = there_and_back(runner, build_partial_states(runner, squash, chain), ROWS)
    for number, (name, (_, _, changed, lost)) in enumerate(CASES.items(), start=3):
        step = f"people.{number:04}_{name}"
        assert found.changed[step] == [f"public.people_person: {line}" for line in changed]
        assert [each.attribute for each in found.back[step]] == lost, name


def test_costs_on_rows_that_an_original_refuses_are_no_pass(server: Server, tmp_path: Path) -> None:
    """Thirty rows go through, a hundred do not: a difference. One that refuses any row is a remark.

    What lies before, between and behind them is measured, on rows.
    """
    refuse = "SELECT 1 / (CASE WHEN count(*) > {} THEN 0 ELSE 1 END) FROM people_person"
    table = "CREATE TABLE people_more (id integer)"
    steps = {
        "few": (refuse.format(50), ""),
        "between": ("CREATE INDEX noted ON people_person (note)", ""),
        "none": (refuse.format(0), ""),
        "behind": (f"ALTER TABLE people_person ADD died date; {table}", ""),
    }
    folder = longer(copy("members", tmp_path), steps)
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        squash = runner.tree.chosen(["people"])[0]
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, [squash])
        many, some = (
            chain_costs.measure(runner, ["people"], chain, ROWS, RowVolume(size, ROWS.ratios))
            for size in (100, 30)
        )
    for found, refusing in ((many, ["0003_few", "0005_none"]), (some, ["0005_none"])):
        assert list(found.refused) == [f"people.{name}" for name in refusing]
        measured = [step.migration for made in found.upgrades if made.rows for step in made.steps]
        assert {"people.0002_person_note", "people.0004_between", "people.0006_behind"} <= {*measured}
        assert not {*found.refused} & {*measured}
        assert len(measured) == len(set(measured))
    assert [(each.object, each.attribute) for made in many.upgrades for each in made.differences] == [
        ("people.0003_few", "with 100 rows")
    ]
    assert [each for made in some.upgrades for each in made.differences] == []
    index = next(
        step for made in some.upgrades for step in made.steps if step.migration == "people.0004_between"
    )
    assert index.locks["public.people_person"] == "ShareLock"


def test_an_original_that_stops_on_every_database_with_rows_is_found(server: Server, tmp_path: Path) -> None:
    """Rows refused by an original in every state are no remark: such a database never came further.

    One that duplicates stop passes with one row in each table. One that is declared is a remark, an unused declaration
    a line of its own.
    """
    table = "ALTER TABLE people_person"
    steps = {
        "with_default": (f"{table} ADD born date NOT NULL DEFAULT now()", f"{table} DROP born"),
        "without": (f"{table} ADD died date NOT NULL", f"{table} DROP died"),
        "unique": (f"{table} ADD CONSTRAINT noted UNIQUE (born)", f"{table} DROP CONSTRAINT noted"),
    }
    known = Declared(
        {"people.0004_without": "nobody was there", "people.0005_unique": "", "people.0009_none": "gone"},
        ("people.0001_initial", "people.0008_none"),
    )
    folder = longer(copy("members", tmp_path), steps)
    Edit(SQUASH, "    ]\n", f"        migrations.RunSQL({steps['with_default'][0]!r}),\n"
         f"        migrations.RunSQL({steps['without'][0]!r}),\n"
         f"        migrations.RunSQL({steps['unique'][0]!r}),\n    ]\n")(folder)  # fmt: skip
    with MigrationRunner(project(folder), server, max_workers=2) as runner:
        squash = runner.tree.chosen(["people"])[0]
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, [squash])
        found = upgrade_paths.verify_upgrade_paths(runner, squash, chain, ROWS)
    assert [each.object for each in found.stops.undeclared] == ["people.0004_without"]
    assert "contains null values" in found.stops.undeclared[0].line
    assert found.stops.undeclared[0] in found.differences
    declared = replace(found, stops=Stops.of(found.upgrades, known))
    assert (declared.stops.undeclared, declared.differences) == ([], found.squash_back)
    assert any("declared: nobody was there" in line for _, lines, _ in declared.sections() for line in lines)
    assert upgrade_paths.unused(known, [squash], [declared]) == [
        "stops_on_rows: 'people.0009_none' is no original of a squash: remove it",
        "data_steps: 'people.0008_none' is no original of a squash: remove it",
        "stops_on_rows: 'people.0005_unique' does not stop on rows: remove it",
        "stops_on_rows: 'people.0005_unique' has no reason: write one",
    ]
    # Its originals can be undone; the squash, which has the same statements without what undoes them, cannot.
    assert [(each.object, each.attribute) for each in found.squash_back] == [
        ("people.0001_squashed_0002_person_note", "reversible")
    ]
    assert found.squash_back[0] in found.differences
