"""Findings of the family history: what was applied stays as it was."""

import runpy
from pathlib import Path
from typing import Final

import pytest

from verification.migrations.execution.worker.release import _text
from verification.tests.deploy.store import FIRST, Case, Store

OTHER: Final = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("goods", "0001_initial")]
    operations = []
"""
SQUASH: Final = "replaces = [('goods', '0001_initial')]\n    operations"
NOTHING: Final = "migrations.RunPython(migrations.RunPython.noop)"


def edited(shop: Store, old: str, new: str) -> dict[str, str]:
    """Return the first migration with one change."""
    text = (shop.folder / "goods/migrations" / FIRST).read_text()
    assert old in text
    return {FIRST: text.replace(old, new)}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("max_length=50))],", "max_length=60))],", 9),
        ('"Tag",', '"Label",', 24),
        ("    operations = [", "    operations = [\n        migrations.RunSQL('SELECT 1'),", 9),
    ],
    ids=["field", "name", "operation"],
)
def test_an_edited_migration_is_found_at_its_operation(shop: Store, old: str, new: str, line: int) -> None:
    found = shop.judge(Case("edited", NOTHING, further=edited(shop, old, new))).findings

    assert [(each.code, each.line) for each in found][:1] == [("applied-migration-edited", line)]
    assert found[0].file == f"goods/migrations/{FIRST}"


def test_a_changed_form_is_no_finding(shop: Store) -> None:
    text = edited(shop, "class Migration", "# a remark\n\n\nclass Migration")[FIRST]
    text = text.replace("models.BigAutoField(primary_key=True)", "models.BigAutoField(primary_key = bool(1))")
    text = text.replace("    initial = True\n", "")
    text = text.replace("max_length=50))]", "max_length=50, verbose_name='name', help_text='?'))]")

    assert not shop.judge(Case("form", NOTHING, further={FIRST: text})).findings


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ("def fill(apps: object, editor: object) -> None:\n    found = []\n", True),
        ("def fill(apps, editor):\n    'Fills.'\n    found: list[int] = []\n", True),
        ("def fill(apps, editor):\n    more: int\n    found = []\n", True),
        ("def fill(apps, editor):\n    found: list[int] = [1]\n", False),
    ],
    ids=["signature", "variable", "no value", "other value"],
)
def test_annotations_are_no_part_of_a_data_step(changed: str, same: bool, tmp_path: Path) -> None:
    said = []
    for number, text in enumerate(("def fill(apps, editor):\n    found = []\n", changed)):
        file = tmp_path / f"step{number}.py"
        file.write_text(text)
        said.append(_text(runpy.run_path(str(file))["fill"]))

    assert (said[0] == said[1]) is same


def test_several_leaf_nodes_are_found(shop: Store) -> None:
    """Two migrations after the same one; with one after both there is a single end."""
    two = Case("two", NOTHING, further={"0002_other.py": OTHER})
    merged = OTHER.replace("0001_initial", "0002_other").replace("[(", "[('goods', '0002_change'), (")

    assert [each.code for each in shop.judge(two).findings] == ["several-leaf-nodes"]
    assert not shop.judge(Case("merged", NOTHING, further={**two.further, "0003_merge.py": merged})).findings


def test_a_squash_takes_the_place_of_what_it_replaces(shop: Store) -> None:
    """A file that went without one is found, although the graph does not load any more."""
    first = shop.folder / "goods/migrations" / FIRST
    text = first.read_text()
    squash = text.replace("    operations", f"    {SQUASH}", 1)
    try:
        first.unlink()
        gone = shop.judge(Case("deleted", NOTHING))
        squashed = shop.judge(Case("squashed", "", further={"0001_squashed_0001_initial.py": squash}))
    finally:
        first.write_text(text)

    assert [each.code for each in gone.findings] == ["applied-migration-deleted"]
    assert "0001_initial" in gone.notes[-1]
    assert not squashed.findings
    assert not squashed.plan
