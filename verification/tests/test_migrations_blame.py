"""Many squashes in one app: which of them a difference comes from."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from verification.migrations.apply import Applier
from verification.migrations.blame import attribute
from verification.migrations.chains import Squash
from verification.migrations.judge import Comparison
from verification.migrations.verify import Verification, Verifier
from verification.postgres.server import Server
from verification.schema.difference import Difference
from verification.tests.migrations_helpers import Edit, project

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


def spoil(folder: Path, first: int, old: str, new: str) -> None:
    Edit(f"rungs/migrations/{name(first)}_squashed.py", old, new)(folder)


def verify(folder: Path, server: Server) -> Verification:
    with Applier(project(folder), server, workers=2) as applier:
        return Verifier(applier).verify(applier.tree.chosen([]))


def test_of_many_squashes_the_faulty_ones_are_blamed(server: Server, tmp_path: Path) -> None:
    """One length, one NULL and one field lost, in three squashes of six: each has its own and no other's."""
    folder = write(tmp_path)
    spoil(folder, 3, '"f4", models.CharField(max_length=20', '"f4", models.CharField(max_length=21')
    spoil(folder, 7, '"f7", models.CharField(', '"f7", models.CharField(null=True, ')
    spoil(folder, 11, 'migrations.AddField("rung", "f12", models.CharField(max_length=20, default="")), ', "")

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
    """The crash is told of the one that crashes, and the chain is judged without it."""
    folder = write(tmp_path)
    spoil(folder, 3, "operations = [", 'operations = [migrations.RunSQL("SELECT 1/0"), ')
    spoil(folder, 9, '"f9", models.CharField(max_length=20', '"f9", models.CharField(max_length=21')

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
    """What would come of any set of squashes, given which of them cause what."""

    def __init__(self, faults: dict[Difference, set[Squash]]) -> None:
        self.faults = faults
        self.made = 0

    def __call__(self, groups: Sequence[tuple[Squash, ...]]) -> list[Comparison | None]:
        self.made += len(groups)
        return [
            Comparison([each for each, causes in self.faults.items() if causes & {*group}])
            for group in groups
        ]

    def blamed(self, number: int) -> dict[Squash, set[str]]:
        found, rest = attribute(Comparison(list(self.faults)), squashes(number), self)
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

        assert runs.blamed(number) == {first: {"a", "c"}, second: {"b", "c"}}


@pytest.mark.parametrize(
    ("name", "runs"), [("public.app_t9.x", 1), ("public.app_t9_tags.x", 1), ("public.other", 6)]
)
def test_fourteen_squashes_take_one_run_or_six(name: str, runs: int) -> None:
    """One whose operations name the table is tried first; where none does, six runs tell fourteen apart."""
    cause = squashes(14)[9]
    asked = Runs({fault(name): {cause}})

    assert asked.blamed(14) == {cause: {name}}
    assert asked.made == runs


def test_who_names_the_table_is_not_guilty_for_that() -> None:
    """The cause is a squash that names another table: found all the same."""
    cause = squashes(14)[3]
    asked = Runs({fault("public.app_t9.x"): {cause}})

    assert asked.blamed(14) == {cause: {"public.app_t9.x"}}
