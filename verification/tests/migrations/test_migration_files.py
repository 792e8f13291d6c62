"""Changed copies of folders of migrations: the edits that a developer would make by hand."""

from pathlib import Path

from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.plan.migration_files import drop_replaces, redirect, without_originals
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import PROJECTS, project


def test_dependencies_are_redirected_and_nothing_else_is_touched() -> None:
    """Pairs that name a moved migration change, wherever they stand; strings alike do not."""
    text = 'x = [("a", "0001_é"), ("b", "0001_é")]\ny = "a", "0001_é"\nz = ("a", "0001_é", 1)\n'

    moved = redirect(text, {("a", "0001_é"): ("a", "0009_new")})

    assert moved == (
        "x = [('a', '0009_new'), (\"b\", \"0001_é\")]\ny = ('a', '0009_new')\nz = (\"a\", \"0001_é\", 1)\n"
    )


def test_replaces_is_dropped_with_all_its_lines() -> None:
    """The assignment goes; what stands around it stays as it is."""
    text = 'class Migration:\n    replaces = [\n        ("a", "1"),\n    ]\n    initial = True\n'

    assert drop_replaces(text) == "class Migration:\n    initial = True\n"


def test_a_tree_without_originals_touches_every_app_that_named_one(server: Server, tmp_path: Path) -> None:
    """The originals are gone from the copy, dependants name the squash, the user's files are as they were."""
    before = {file: file.read_bytes() for file in PROJECTS.rglob("library/**/*.py")}
    with MigrationRunner(project(PROJECTS / "library"), server, max_workers=1) as runner:
        tree = runner.tree
    (squash,) = tree.squashes

    overlay = without_originals(tree, squash, tmp_path)

    assert set(overlay) == {"books.migrations", "loans.migrations", "signs.migrations"}
    left = {file.stem for file in Path(overlay["books.migrations"]).glob("0*.py")}
    assert left == {"0001_squashed_0004_book_isbn", "0005_book_language"}
    loans = (Path(overlay["loans.migrations"]) / "0001_initial.py").read_text(encoding="utf-8")
    assert "('books', '0001_squashed_0004_book_isbn')" in loans
    assert {file: file.read_bytes() for file in PROJECTS.rglob("library/**/*.py")} == before
