"""Many squashes in one app: which of them a difference comes from."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from verification.migrations.equivalence.attribution import attribute
from verification.migrations.equivalence.comparison import StateComparison
from verification.migrations.equivalence.verification import Verification, Verifier
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.plan.chains import Squash
from verification.postgres.server import Server
from verification.schema.comparison.difference import Difference
from verification.tests.migrations.project_copies import Edit, project

pytestmark = pytest.mark.slow

SQUASHES = 6
SETTINGS = """
SECRET_KEY = "of a test"
INSTALLED_APPS = ["rungs"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
MODELS = "from django.db import models\n\nclass Rung(models.Model):\n" + "".join(
    f"    f{number} = models.CharField(max_length=20, default='')\n" for number in range(1, 2 * SQUASHES + 1)
)
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = {replaces}
    dependencies = {dependencies}
    operations = [{operations}]
"""
CREATE = 'migrations.CreateModel("Rung", [("id", models.BigAutoField(primary_key=True))]), '


def name(number: int) -> str:
    return f"{number:04d}_f{number}"


def write(folder: Path) -> Path:
    """Write an app of twelve originals, each with one field, and six squashes of two."""
    migrations = folder / "rungs" / "migrations"
    migrations.mkdir(parents=True)
    (folder / "settings.py").write_text(SETTINGS, encoding="utf-8")
    (folder / "rungs" / "models.py").write_text(MODELS, encoding="utf-8")
    for empty in (folder / "rungs" / "__init__.py", migrations / "__init__.py"):
        empty.touch()
    for first in range(1, 2 * SQUASHES + 1):
        _write(migrations / f"{name(first)}.py", [], first, first)
    for first in range(1, 2 * SQUASHES + 1, 2):
        replaced = [("rungs", name(first)), ("rungs", name(first + 1))]
        _write(migrations / f"{name(first)}_squashed.py", replaced, first, first + 1)
    return folder


def _write(file: Path, replaces: list[tuple[str, str]], first: int, last: int) -> None:
    fields = "".join(
        f'migrations.AddField("rung", "f{number}", models.CharField(max_length=20, default="")), '
        for number in range(first, last + 1)
    )
    file.write_text(
        MIGRATION.format(
            replaces=replaces,
            dependencies=[("rungs", name(first - 1))] if first > 1 else [],
            operations=(CREATE if first == 1 else "") + fields,
        ),
        encoding="utf-8",
    )


def break_squash(folder: Path, first: int, old: str, new: str) -> None:
    Edit(f"rungs/migrations/{name(first)}_squashed.py", old, new)(folder)


def verify(folder: Path, server: Server) -> Verification:
    with MigrationRunner(project(folder), server, max_workers=2) as runner:
        return Verifier(runner).verify(runner.tree.chosen([]))


def test_of_many_squashes_the_faulty_ones_are_named(server: Server, tmp_path: Path) -> None:
    """One length, one NULL and one field lost, in three squashes of six: each has its own and no other's."""
    folder = write(tmp_path)
    break_squash(folder, 3, '"f4", models.CharField(max_length=20', '"f4", models.CharField(max_length=21')
    break_squash(folder, 7, '"f7", models.CharField(', '"f7", models.CharField(null=True, ')
    break_squash(
        folder, 11, 'migrations.AddField("rung", "f12", models.CharField(max_length=20, default="")), ', ""
    )

    found = {
        each.squash.name: [(line.object, line.change, line.attribute) for line in each.comparison.differences]
        for each in verify(folder, server).verdicts
    }

    assert found == {
        "0001_f1_squashed": [],
        "0003_f3_squashed": [("public.rungs_rung.f4", "changed", "type")],
        "0005_f5_squashed": [],
        "0007_f7_squashed": [("public.rungs_rung.f7", "changed", "not_null")],
        "0009_f9_squashed": [],
        "0011_f11_squashed": [("public.rungs_rung.f12", "removed", "")],
    }


def test_a_squash_that_crashes_does_not_hide_the_next(server: Server, tmp_path: Path) -> None:
    """The squash that crashes has the difference, and the chain is compared without it."""
    folder = write(tmp_path)
    break_squash(folder, 3, "operations = [", 'operations = [migrations.RunSQL("SELECT 1/0"), ')
    break_squash(folder, 9, '"f9", models.CharField(max_length=20', '"f9", models.CharField(max_length=21')

    faulty = [each for each in verify(folder, server).verdicts if not each.equal]

    assert [
        (each.squash.name, each.comparison.differences[0].kind, each.comparison.differences[0].object)
        for each in faulty
    ] == [
        ("0003_f3_squashed", "migration", "rungs.0003_f3_squashed"),
        ("0009_f9_squashed", "column", "public.rungs_rung.f9"),
    ]


def squashes(number: int) -> list[Squash]:
    return [
        Squash("app", f"s{index}", (("app", f"o{index}"),), (), (), in_use=True, tables=(f"app_t{index}",))
        for index in range(number)
    ]


class Runs:
    """What would come of any set of squashes, given which of them cause what, each alone or all together."""

    def __init__(
        self, faults: dict[Difference, set[Squash]], joint: dict[Difference, set[Squash]] | None = None
    ) -> None:
        self.faults = faults
        self.joint = joint or {}
        self.made = 0

    def __call__(self, groups: Sequence[tuple[Squash, ...]]) -> list[StateComparison | None]:
        self.made += len(groups)
        return [StateComparison(self.shown({*group})) for group in groups]

    def shown(self, used: set[Squash]) -> list[Difference]:
        alone = [each for each, causes in self.faults.items() if causes & used]
        return alone + [each for each, causes in self.joint.items() if causes <= used]

    def attributed(self, number: int) -> dict[Squash, set[str]]:
        found, rest = attribute(StateComparison(self.shown({*squashes(number)})), squashes(number), self)
        assert rest.differences == []
        named = {
            squash: {each.object for each in comparison.differences} for squash, comparison in found.items()
        }
        return {squash: names for squash, names in named.items() if names}


def fault(name: str) -> Difference:
    return Difference("column", name, "removed")


@pytest.mark.parametrize("number", [2, 3, 5, 14, 20])
def test_any_two_causes_are_told_apart(number: int) -> None:
    """Whichever two squashes are faulty, in their own ways or in the same: both are named, no other is."""
    for first, second in combinations(squashes(number), 2):
        runs = Runs({fault("a"): {first}, fault("b"): {second}, fault("c"): {first, second}})

        assert runs.attributed(number) == {first: {"a", "c"}, second: {"b", "c"}}


@pytest.mark.parametrize(
    ("name", "runs"), [("public.app_t9.x", 1), ("public.app_t9_tags.x", 1), ("public.other", 14)]
)
def test_fourteen_squashes_take_one_run_or_one_each(name: str, runs: int) -> None:
    """One whose operations name the table is tried first; where none does, each is run once."""
    cause = squashes(14)[9]
    asked = Runs({fault(name): {cause}})

    assert asked.attributed(14) == {cause: {name}}
    assert asked.made == runs


def test_who_names_the_table_is_not_the_cause_for_that() -> None:
    """The cause is a squash that names another table: found all the same."""
    cause = squashes(14)[3]
    asked = Runs({fault("public.app_t9.x"): {cause}})

    assert asked.attributed(14) == {cause: {"public.app_t9.x"}}


@pytest.mark.parametrize("number", [2, 3, 7, 14, 20])
def test_what_only_several_cause_together_is_theirs(number: int) -> None:
    """Two leave something out that either would have made: both are named for it, and nobody else is."""
    for first, second in combinations(squashes(number), 2):
        runs = Runs({fault("a"): {first}}, {fault("b"): {first, second}})

        assert runs.attributed(number) == {first: {"a", "b"}, second: {"b"}}


def test_many_causes_of_one_finding_are_all_named() -> None:
    """Eight of twenty-three, as Alliance Auth's services have it: by at most two runs for each."""
    causes = set(squashes(23)[3:19:2])
    runs = Runs({}, {fault("rows"): causes})

    assert runs.attributed(23) == {cause: {"rows"} for cause in causes}
    assert runs.made <= 2 * 23


ROWS = """
def note(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO notes SELECT 'seen' WHERE NOT EXISTS (SELECT FROM notes)")


class Migration"""


def test_rows_that_two_originals_would_each_have_written(server: Server, tmp_path: Path) -> None:
    """Each squash drops a step that the other's originals still do: both differ, and the four others are equal."""
    folder = write(tmp_path)
    notes = 'operations = [migrations.RunSQL("CREATE TABLE notes (word text PRIMARY KEY)"), '
    for file in (f"{name(1)}.py", f"{name(1)}_squashed.py"):
        Edit(f"rungs/migrations/{file}", "operations = [", notes)(folder)
    for number in (4, 9):
        file = f"rungs/migrations/{name(number)}.py"
        Edit(file, "class Migration", ROWS)(folder)
        Edit(file, "operations = [", "operations = [migrations.RunPython(note), ")(folder)

    found = {
        each.squash.name: [(line.kind, line.object) for line in each.comparison.differences]
        for each in verify(folder, server).verdicts
    }

    lost = [("row", "public.notes(word=seen)")]
    assert {squash: lines for squash, lines in found.items() if lines} == {
        "0003_f3_squashed": lost,
        "0009_f9_squashed": lost,
    }
