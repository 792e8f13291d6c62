"""Squashes of projects of every kind: the verdict, and for faulty ones exactly what is wrong."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from verification.errors import CannotRun
from verification.migrations.equivalence import upgrade_paths
from verification.migrations.equivalence.upgrade import RowVolume
from verification.migrations.equivalence.verification import Verification, Verifier
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.plan.chains import Chain
from verification.postgres import driver
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import PROJECTS, Edit, copy, project

SQUASH = "books/migrations/0001_squashed_0004_book_isbn.py"
FACTS = "facts/migrations/0001_squashed_0002_fact_day_idx.py"
INDEX = 'migrations.AddIndex("book", models.Index(fields=["title", "-pages"], name="book_title_idx")),'


@dataclass(frozen=True)
class FaultyProject:
    """A project that was changed, and the differences that this must come to."""

    name: str
    edits: tuple[Edit, ...]
    expected: set[tuple[str, str, str, str]]
    """kind, object, change, attribute of each."""
    project: str = "library"


FAULTY = (
    FaultyProject(
        "several",
        (
            Edit(SQUASH, INDEX, ""),
            Edit(SQUASH, "max_length=100", "max_length=120"),
            Edit(SQUASH, "pages__gte=0", "pages__gt=0"),
            Edit(SQUASH, '("fiction", "science")', '("fiction",)'),
        ),
        {
            ("index", "public.books_book.book_title_idx", "removed", ""),
            ("column", "public.books_book.title", "changed", "type"),
            ("constraint", "public.books_book.book_pages_check", "changed", "expression"),
            ("row", "public.books_shelf(name=science)", "removed", ""),
        },
    ),
    FaultyProject(
        "others",
        (
            Edit(SQUASH, '"-pages"', '"pages"'),
            Edit(SQUASH, "models.IntegerField(default=0)", "models.IntegerField(default=0, null=True)"),
            Edit(SQUASH, '("fiction", "science")', '("fiction", "science", "travel")'),
        ),
        {
            ("index", "public.books_book.book_title_idx", "changed", "order"),
            ("column", "public.books_book.pages", "changed", "not_null"),
            ("row", "public.books_shelf(name=travel)", "added", ""),
        },
    ),
    FaultyProject(
        "index of another database dropped",
        (Edit(FACTS, 'migrations.AddIndex("fact", models.Index(fields=["day"], name="fact_day_idx")),', ""),),
        {("index", "warehouse: public.facts_fact.fact_day_idx", "removed", "")},
        "depots",
    ),
)


def verify(folder: Path, server: Server, *apps: str) -> Verification:
    with MigrationRunner(project(folder), server, max_workers=2) as runner:
        return Verifier(runner).verify(runner.tree.chosen(apps))


def tables_after_migrating(folder: Path, server: Server) -> set[str]:
    """Migrate a database of the server, and name the tables that it has then."""
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        databases = runner.fresh()
        runner.forward(databases, Chain())
        url = server.url(databases.names["default"])
        with closing(driver.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize(
    ("name", "squashes"),
    [
        ("library", {"books.0001_squashed_0004_book_isbn": 4}),
        (
            "tiers",
            {"stock.0001_squashed_0002_item_count": 2, "stock.0001_squashed_0003_item_price": 3},
        ),
        ("merger", {"present.0001_squashed_0002_longer_label": 4}),
        ("members", {"people.0001_squashed_0002_person_note": 2}),
        ("depots", {"facts.0001_squashed_0002_fact_day_idx": 2}),
        ("words", {"entries.0001_squashed_0003_entry_text_gin": 3}),
    ],
)
def test_a_correct_squash_is_equal(name: str, squashes: dict[str, int], server: Server) -> None:
    """Whatever is particular about a project, its correct squash is equal for both readers."""
    found = verify(PROJECTS / name, server)

    assert {str(each.squash): len(each.squash.originals) for each in found.verdicts} == squashes
    assert [each.comparison.differences for each in found.verdicts] == [[]] * len(squashes)
    assert [each.comparison.disagreements for each in found.verdicts] == [[]] * len(squashes)


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda faulty: faulty.name)
def test_a_faulty_squash_is_named_exactly(faulty: FaultyProject, server: Server, tmp_path: Path) -> None:
    """Each fault is exactly one difference: its kind, its object, what changed."""
    folder = copy(faulty.project, tmp_path)
    for edit in faulty.edits:
        edit(folder)

    found = verify(folder, server)

    differences = [each for verdict in found.verdicts for each in verdict.comparison.differences]
    assert len(differences) == len(faulty.expected)
    assert {(each.kind, each.object, each.change, each.attribute) for each in differences} == faulty.expected


def test_of_nested_squashes_the_faulty_one_is_named(server: Server, tmp_path: Path) -> None:
    """The inner squash, which no empty database gets any more, is verified by itself."""
    folder = copy("tiers", tmp_path)
    Edit("stock/migrations/0001_squashed_0002_item_count.py", "max_length=20", "max_length=21")(folder)

    found = verify(folder, server)

    assert {verdict.squash.name: verdict.equal for verdict in found.verdicts} == {
        "0001_squashed_0002_item_count": False,
        "0001_squashed_0003_item_price": True,
    }


INNER = """from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    replaces = [("former", "0001_initial"), ("former", "0002_hand_over")]
    dependencies = []
    operations = []
"""


@pytest.mark.parametrize("apps", [(), ("former",), ("present",)], ids=str)
def test_a_squash_that_another_apps_squash_swallows_is_compared_with_it(
    apps: tuple[str, ...], server: Server, tmp_path: Path
) -> None:
    """Alone it would leave a table out, but no database gets it alone: whichever app is asked for, equal."""
    folder = copy("merger", tmp_path)
    (folder / "former/migrations/0001_squashed_0002_hand_over.py").write_text(INNER, encoding="utf-8")
    Edit(
        "present/migrations/0001_squashed_0002_longer_label.py",
        "    replaces = [",
        '    replaces = [\n        ("former", "0001_squashed_0002_hand_over"),',
    )(folder)

    found = verify(folder, server, *apps)

    assert [verdict.squash.app for verdict in found.verdicts] == list(apps or ("former", "present"))
    assert [verdict.comparison.differences for verdict in found.verdicts] == [[]] * len(found.verdicts)


@pytest.mark.parametrize(
    "databases",
    [
        "{}",
        "{'default': {}}",
        (
            "{'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'nowhere.invalid', "
            "'OPTIONS': {'sslmode': 'verify-full', 'sslrootcert': '/nowhere.pem'}}}"
        ),
        "{'default': {'ENGINE': os.environ.get('UNSET_ENGINE', 'django.db.backends.sqlite3')}}",
    ],
    ids=["none", "empty", "elsewhere", "environment"],
)
def test_the_settings_databases_do_not_matter(databases: str, server: Server, tmp_path: Path) -> None:
    """However its databases come to the settings, the chains run on the harness's server."""
    folder = copy("tiers", tmp_path)
    with (folder / "settings.py").open("a", encoding="utf-8") as file:
        file.write(f"import os\n\nDATABASES = {databases}\n")

    assert tables_after_migrating(folder, server) == {"django_migrations", "stock_item"}


LOOKS = "from django.db import connections\n\nconnections.databases\n"
OWN_WAY = """
    def get_connection_params(self):
        return {**super().get_connection_params(), "host": "nowhere.invalid", "password": "a token"}
"""
TOKEN_REFUSED = """
    def get_connection_params(self):
        raise RuntimeError("no cloud gives a token here")
"""
ENGINE = """
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    pass
"""


@pytest.mark.parametrize(
    ("engine", "settings"),
    [
        (ENGINE + OWN_WAY, ""),
        (ENGINE + TOKEN_REFUSED, ""),
        (LOOKS + ENGINE, ""),
        (ENGINE, LOOKS + "\nconnections['default']\n"),
    ],
    ids=["finds its own way", "asks for a token", "looks at the settings", "settings use the connection"],
)
def test_an_engine_of_their_own_is_redirected_to_the_harness(
    engine: str, settings: str, server: Server, tmp_path: Path
) -> None:
    """Whatever an engine or the settings do with the connections while they load, no other server is asked."""
    folder = copy("tiers", tmp_path)
    (folder / "engine").mkdir()
    (folder / "engine/__init__.py").touch()
    (folder / "engine/base.py").write_text(engine, encoding="utf-8")
    with (folder / "settings.py").open("a", encoding="utf-8") as file:
        file.write(f"\nDATABASES = {{'default': {{'ENGINE': 'engine', 'NAME': 'theirs'}}}}\n{settings}")

    assert tables_after_migrating(folder, server) == {"django_migrations", "stock_item"}


def test_a_squash_that_crashes_is_a_difference(server: Server, tmp_path: Path) -> None:
    """Originals that run and a squash that does not: the migration itself is what differs."""
    folder = copy("library", tmp_path)
    Edit(SQUASH, INDEX, INDEX + "\n        " + INDEX)(folder)

    (verdict,) = verify(folder, server).verdicts

    (difference,) = verdict.comparison.differences
    assert (difference.kind, difference.object, difference.attribute) == (
        "migration",
        "books.0001_squashed_0004_book_isbn",
        "applies",
    )
    assert "book_title_idx" in str(difference.right)


@pytest.mark.parametrize(
    ("name", "edit", "words"),
    [
        ("circle", None, ("not comparable", "left", "CircularDependencyError")),
        (
            "library",
            Edit(
                "books/migrations/0002_book_pages.py", '("books", "0001_initial")', '("books", "0001_lost")'
            ),
            ("not comparable", "books", "0001_lost"),
        ),
        (
            "library",
            Edit("books/migrations/0002_book_pages.py", "default=0", "default=0, max_digits=0"),
            ("cannot be read", "max_digits"),
        ),
    ],
)
def test_originals_that_cannot_run_are_not_comparable(
    name: str, edit: Edit | None, words: tuple[str, ...], server: Server, tmp_path: Path
) -> None:
    """Never "equal" against a chain that does not load: the reason is given, naming the migration."""
    folder = copy(name, tmp_path)
    if edit is not None:
        edit(folder)

    with pytest.raises(CannotRun) as caught:
        verify(folder, server)

    assert all(word in str(caught.value) for word in words), str(caught.value)


def upgrade_paths_of(
    folder: Path, server: Server, many: RowVolume | None = None
) -> upgrade_paths.UpgradePaths:
    with MigrationRunner(project(folder), server, max_workers=2) as runner:
        found = Verifier(runner).verify(runner.tree.chosen([]))
        squash, chain = found.verdicts[0].squash, found.original.chain
        return upgrade_paths.verify_upgrade_paths(runner, squash, chain, RowVolume(40), many)


@pytest.mark.slow
def test_every_path_to_a_correct_squash(server: Server, tmp_path: Path) -> None:
    """Partial states 0 to 4 with rows, prune and rollback: no difference; locks and rewrites are recorded.

    Others wait while a table is written anew, an index built or a check tried; a new column only locks the table.
    """
    folder = copy("library", tmp_path)
    Edit(
        "books/migrations/0002_book_pages.py",
        '"pages", models.IntegerField(default=0)),',
        '"pages", models.IntegerField(default=0)),\n'
        '        migrations.AlterField("book", "pages", models.BigIntegerField(default=0)),\n'
        '        migrations.AlterField("book", "pages", models.IntegerField(default=0)),',
    )(folder)

    found = upgrade_paths_of(folder, server, RowVolume(2000, {"books_book": 1.0}))

    assert found.differences == []
    assert [each.position for each in found.upgrades] == [0, 1, 2, 3, 4]
    assert all(each.rows > 0 for each in found.upgrades)
    assert [step.migration for step in found.rollback_steps] == [
        "0004_book_isbn",
        "0003_shelves",
        "0002_book_pages",
        "0001_initial",
    ]
    before, after = found.prune_result.recorded
    assert before - after == 4
    assert found.costs is not None
    steps = {step.migration: step for step in found.costs.steps}
    assert found.costs.rows > 2000
    assert steps["books.0002_book_pages"].rewritten == ("public.books_book",)
    assert (
        steps["books.0002_book_pages"].disk_bytes > 2000 * 40
    )  # a row has 24 bytes of header and three columns
    assert steps["books.0005_book_language"].locks["public.books_book"] == "AccessExclusiveLock"
    assert steps["books.0005_book_language"].disk_bytes < 2000
    waits = {
        (step.migration, cost.code, cost.table.name)
        for step in found.costs.steps
        for cost in found.costs.costs(step)
    }
    assert waits == {
        ("books.0002_book_pages", "table-rewritten", "public.books_book"),
        ("books.0002_book_pages", "index-built-under-lock", "public.books_book"),
        ("books.0004_book_isbn", "scanned-under-lock", "public.books_book"),
    }


@pytest.mark.slow
def test_lost_rows_and_steps_that_cannot_be_undone_are_reported(server: Server, tmp_path: Path) -> None:
    """A step that deletes rows fails each upgrade through it; a step that is undone wrongly has its differences.

    An irreversible step has its reason, and the steps below it are tried.
    """
    folder = copy("library", tmp_path)
    Edit(
        "books/migrations/0003_shelves.py",
        'shelf = apps.get_model("books", "Shelf")',
        'shelf = apps.get_model("books", "Shelf")\n    apps.get_model("books", "Book").objects.all().delete()',
    )(folder)

    Edit("books/migrations/0003_shelves.py", "add_shelves, migrations.RunPython.noop", "add_shelves")(folder)
    Edit(
        "books/migrations/0002_book_pages.py",
        "    operations = [",
        "    operations = [\n"
        '        migrations.RunSQL("SELECT 1", "ALTER TABLE books_book ALTER title TYPE varchar(99)"),',
    )(folder)

    found = upgrade_paths_of(folder, server)

    lost = {
        each.position: [(line.object, line.attribute) for line in each.differences] for each in found.upgrades
    }
    assert lost[1] == [("public.books_book", "rows")]
    assert lost[4] == []

    steps = {step.migration: step for step in found.rollback_steps}

    assert not steps["0003_shelves"].reversible
    assert "not reversible" in steps["0003_shelves"].reason
    assert [(each.object, each.attribute) for each in steps["0002_book_pages"].differences] == [
        ("public.books_book.title", "type")
    ]
    assert steps["0001_initial"].differences == []
    assert steps["0004_book_isbn"].differences == []
