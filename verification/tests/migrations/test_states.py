"""A squash whose models are not those of its originals: the schemas are equal, and ``makemigrations`` is not done.

Seen in the field: bihealth/sodar-core#1475 (the text of help and a relation), sbomify/sbomify#742 (an index
of another name in the models), uktrade/data-hub-api#2360 (a person ran ``makemigrations`` to see it).
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from verification.migrations.equivalence import states
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.execution.tree_reader import original_chain
from verification.migrations.plan.chains import Chain
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import Edit, command, copy, project, variables

pytestmark = pytest.mark.postgres

OUTER: Final = "stock/migrations/0001_squashed_0003_item_price.py"
MEMBERS: Final = "0001_squashed_0002_person_note"
CODE: Final = '("code", models.CharField(max_length=20)),'
CHOICES: Final = Edit(OUTER, CODE, '("code", models.CharField(max_length=20, choices=[("a", "A")])),')


@pytest.mark.parametrize(
    ("edit", "operation"),
    [
        (CHOICES, "Alter field code on item"),
        (Edit(OUTER, "models.IntegerField(default=0)", "models.IntegerField(default=1)"), "Alter field count on item"),
        (Edit(OUTER, 'name="Item",', 'name="Item", options={"ordering": ["code"]},'), "options on item"),
        (Edit(OUTER, 'name="Item",', 'name="Item", managers=[("things", models.Manager())],'), "managers on item"),
        # bihealth/sodar-core#1475.
        (Edit(OUTER, CODE, CODE.replace("=20", "=20, help_text='Code'")), "Alter field code on item"),
        # sbomify/sbomify#742: the name in the squash is not the one that the originals give.
        (
            Edit(OUTER, 'name="Item",', 'name="Item", options={"indexes": [models.Index(fields=["code"], name="i")]},'),
            "index i",
        ),
        # uktrade/data-hub-api#2360: labels and messages are all that is lost.
        (Edit(OUTER, CODE, CODE.replace("=20", "=20, error_messages={'blank': 'No'}")), "Alter field code on item"),
        (Edit(OUTER, "    dependencies = []", "    dependencies = []  # the same"), ""),
        (Edit(OUTER, "models.IntegerField(default=0)", "models.IntegerField(default=int('0'))"), ""),
    ],
    ids=["choices", "default", "ordering", "manager", "help", "index", "messages", "harmless comment", "spelling"],
)  # fmt: skip
def test_models_of_another_state_are_found(
    edit: Edit, operation: str, server: Server, tmp_path: Path
) -> None:
    """In both directions, and the operation is named."""
    folder = copy("tiers", tmp_path)
    edit(folder)
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        squashes = runner.tree.chosen(["stock"])
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, squashes)
        found = states.compare(runner, chain, Chain())
    assert [each.object for each in found] == (["stock.item"] if operation else [])
    assert all(operation in str(each.left) and operation in str(each.right) for each in found)


@pytest.mark.parametrize("lost", ["migrations/__init__.py", "migrations", ""])
def test_an_app_without_migrations_is_unwritten(lost: str, server: Server, tmp_path: Path) -> None:
    """``makemigrations`` passes it by, and ``migrate`` makes no table of its models.

    djust-org/djust#1637 (no table where it was deployed), claymation/django-zillow-neighborhoods#2 (no __init__.py).
    """
    folder = copy("library", tmp_path)
    if (path := folder / "signs" / lost).is_file():
        path.unlink()
    elif lost:
        shutil.rmtree(path)
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        found = states.never_migrated(runner, Chain(), folder)
        assert states.never_migrated(runner, Chain(), folder / "nowhere") == {}
    expected = ["Create model Sign (signs has no package of migrations)"]
    assert found == ({"signs": expected} if lost else {})


@pytest.mark.slow
def test_the_verdict_and_the_tree_without_originals_say_so(server: Server, tmp_path: Path) -> None:
    """``squash`` says so and is equal; where the originals go there is something to write."""
    folder = copy("members", tmp_path)
    Edit(f"people/migrations/{MEMBERS}.py", "default=", "help_text='of the squash', default=")(folder)

    done = command(
        folder, server, "squash", "--app", "people", "--thorough", "--rows", "0", "--format", "json"
    )

    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["squashes"][0]
    assert found["differences"] == []
    assert [(each["kind"], each["object"]) for each in found["information"]] == [("state", "people.person")]
    assert [(each["kind"], each["object"]) for each in found["prune"]] == [("state", "people")]


@pytest.mark.slow
def test_a_proposal_whose_models_differ_is_not_proven(server: Server, tmp_path: Path) -> None:
    """``squashmigrations`` leaves out an operation that it was told to: the next ``makemigrations`` would write it."""
    folder = copy("tiers", tmp_path)
    for name in ("0001_squashed_0002_item_count", "0001_squashed_0003_item_price"):
        (folder / f"stock/migrations/{name}.py").unlink()
    Edit("stock/migrations/0004_item_seen.py", "0001_squashed_0003_item_price", "0003_item_price")(folder)
    Edit(
        "stock/migrations/0002_item_count.py",
        "    operations = [",
        "    operations = [\n        migrations.RunPython(migrations.RunPython.noop),"
        "\n        type('Quiet', (migrations.AlterField,), {'elidable': True})("
        "'item', 'code', models.CharField(max_length=20, help_text='on the label')),",
    )(folder)
    Edit("stock/models.py", "max_length=20", "max_length=20, help_text='on the label'")(folder)

    done = command(folder, server, "squash", "--propose", "stock", "-o", "stock.patch", "--format", "json")

    found = json.loads(done.stdout)
    assert (done.returncode, len(found["blocked"])) == (0, 1), done.stdout
    assert "squashmigrations" in found["blocked"][0]
    assert "stock.item" in found["blocked"][0]
    subprocess.run(["git", "apply", "stock.patch"], cwd=folder, check=True, timeout=30)
    for original in folder.glob("stock/migrations/000[1-4]_i*.py"):
        original.unlink()
    written = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run", "--settings", "settings"],
        cwd=folder, env={**variables(), "PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "on item" in written.stdout, "the fixture's key is another one than its model's, and stays so"
    assert "field code" not in written.stdout
