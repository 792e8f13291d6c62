"""The commands squash and drift as a pipeline calls them: status, JSON, one line for bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from verification.postgres import providers
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import (
    HARNESS,
    PROJECTS,
    Edit,
    command,
    command_in_process_of_its_own,
    copy,
    databases,
    variables,
)

pytestmark = pytest.mark.slow

RECEIVER = """
from django.db import models
from django.db.models.signals import post_migrate


def refuse(**_):
    raise RuntimeError("not ready")


post_migrate.connect(refuse)
"""
SQUASH = "books/migrations/0001_squashed_0004_book_isbn.py"


def one_line(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Status 2 and one line on standard error that has these words."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert all(word in lines[0] for word in words), lines[0]


def test_equal_is_status_0_and_the_contracts_json(server: Server) -> None:
    """One object: equal, and for each squash app, name, number replaced and differences."""
    done = command_in_process_of_its_own(
        PROJECTS / "library", server, "squash", "--app", "books", "--format", "json"
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["equal"] is True
    (squash,) = found["squashes"]
    assert (squash["app"], squash["squash"], squash["replaced"], squash["differences"]) == (
        "books",
        "0001_squashed_0004_book_isbn",
        4,
        [],
    )
    assert [each["object"] for each in squash["information"]] == [
        "public.books_book",
        "public.books_shelf(name=fiction) and 1 more",  # the squash numbers them otherwise
    ]


def test_a_difference_is_status_1_and_readable(server: Server, tmp_path: Path) -> None:
    """The text names the object, the attribute and both sides, and is not cut at a width."""
    folder = copy("library", tmp_path)
    Edit(SQUASH, "max_length=100", "max_length=120")(folder)

    done = command_in_process_of_its_own(folder, server, "squash")

    assert done.returncode == 1, done.stderr
    assert "not equal  books.0001_squashed_0004_book_isbn" in done.stdout
    line = "column public.books_book.title type: character varying(100) -> character varying(120)"
    assert line in done.stdout


def test_names_that_django_makes_up_may_be_let_pass(server: Server, tmp_path: Path) -> None:
    """AddField and CreateModel name a unique constraint differently: a difference unless it is allowed."""
    folder = copy("library", tmp_path)
    initial = "books/migrations/0001_initial.py"
    Edit(initial, "max_length=13, unique=True", "max_length=13")(folder)

    strict = command(folder, server, "squash", "--format", "json")
    lenient = command(folder, server, "squash", "--format", "json", "--generated-names")

    names = [each["attribute"] for each in json.loads(strict.stdout)["squashes"][0]["differences"]]
    assert (strict.returncode, names) == (1, ["name"])
    assert lenient.returncode == 0, lenient.stdout


@pytest.mark.parametrize(
    ("project", "arguments", "words"),
    [
        ("library", ["--settings", "nowhere.settings"], ("nowhere.settings", "manage.py")),
        ("library", ["--settings", "./settings.py"], ("./settings.py", "not the name of a module")),
        ("library", ["--python", "/bin/true"], ("settings", "--python names the project's interpreter")),
        ("library", ["--app", "loans"], ("--app loans", "no squashed migration", "--propose")),
        ("library", ["--app", "garden"], ("app garden", "labels: ", "books, contenttypes")),
        ("library", ["--rows", "-5"], ("--rows", "-5")),
        ("circle", [], ("not comparable", "left", "CircularDependencyError")),
        ("library", ["--python", "/nowhere/python"], ("/nowhere/python", "cannot be started")),
        (
            "library",
            ["--python", "../gone/python"],
            (f"{PROJECTS}/library/../gone/python:", "cannot be started"),
        ),
        ("library", ["--propose", "garden"], ("--propose garden", "labels")),
        ("library", ["--propose", "loans"], ("--propose loans", "nothing to squash")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_is_one_line_and_status_2(
    project: str, arguments: list[str], words: tuple[str, ...], server: Server
) -> None:
    """What is wrong, where, and what to do; no traceback."""
    one_line(command(PROJECTS / project, server, "squash", *arguments), *words)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("settings.py", "USE_TZ = True", "USE_TZ = undefined"), ("settings", "NameError", "undefined")),
        (
            Edit("settings.py", '"signs"', '"signs", "missing_app"'),
            ("settings", "missing_app"),
        ),
        (
            Edit(SQUASH, "dependencies = []", 'dependencies = [("books", "0000_lost")]'),
            ("books", "0000_lost"),
        ),
        (
            Edit(
                "books/migrations/0004_book_isbn.py",
                "operations = [",
                "operations = [migrations.RunSQL('SELECT 1/0'),",
            ),
            ("not comparable", "books.0004_book_isbn", "division by zero"),
        ),
        (
            Edit(
                "books/migrations/0003_shelves.py",
                "shelf = apps",
                "import os; os.kill(os.getpid(), 9)\n    shelf = apps",
            ),
            ("books.0003_shelves", "signal 9", "memory"),
        ),
        (
            Edit("books/migrations/0003_shelves.py", "shelf = apps", "raise SystemExit(0)\n    shelf = apps"),
            ("not comparable", "books.0003_shelves", "SystemExit(0)"),
        ),
        (
            Edit(
                "books/migrations/0003_shelves.py", "shelf = apps", "import os; os._exit(0)\n    shelf = apps"
            ),
            ("not comparable", "books.0003_shelves", "status 0"),
        ),
        (
            Edit("books/migrations/0003_shelves.py", "from django", "import nowhere\nfrom django"),
            ("No module named 'nowhere'", "books/migrations/0003_shelves.py, line"),
        ),
        (
            Edit("books/migrations/0003_shelves.py", "from django", "raise SystemExit(4)\nfrom django"),
            ("SystemExit(4)", "books/migrations/0003_shelves.py, line"),
        ),
        # Django ticket 29290: what is written in replaces names no migration.
        (
            Edit(SQUASH, '("books", "0001_initial")', '["books", "0001_initial"]'),
            ("books.0001_squashed_0004_book_isbn", "replaces", "['books', '0001_initial']"),
        ),
        # qiita.com/y_horikiri/items/00f4dc23089fe0d75fa5: a squash that took the name of an original, and its file.
        (
            Edit(SQUASH, '("books", "0001_initial")', '("books", "0001_squashed_0004_book_isbn")'),
            ("books.0001_squashed_0004_book_isbn replaces itself",),
        ),
        (
            Edit("books/models.py", "from django.db import models", RECEIVER),
            ("not comparable", "the receivers of post_migrate", "not ready"),
        ),
    ],
    ids=[
        "settings raise",
        "app missing",
        "squash does not load",
        "original fails",
        "original is killed",
        "original leaves",
        "original leaves at once",
        "original imports what is not there",
        "original leaves while it is read",
        "replaces is of lists",
        "squash replaces itself",
        "receiver raises",
    ],
)
def test_a_project_that_cannot_run_is_one_line(
    edit: Edit, words: tuple[str, ...], server: Server, tmp_path: Path
) -> None:
    """The project's own fault is reported in one line that names it."""
    folder = copy("library", tmp_path)
    edit(folder)

    one_line(command(folder, server, "squash"), *words)


def test_squashes_whose_originals_are_all_gone_are_not_comparable(server: Server, tmp_path: Path) -> None:
    """Not "there is no squash": the line names one, what it replaces, and where it could be compared."""
    folder = copy("library", tmp_path)
    Edit(SQUASH, '("books", "0001_initial")', '("books", "0001_first")')(folder)

    words = ("not comparable", "books.0001_squashed_0004_book_isbn", "books.0001_first", "checkout")
    one_line(command_in_process_of_its_own(folder, server, "squash"), *words)


def test_a_squash_without_its_originals_is_said_to_be_left_out(server: Server, tmp_path: Path) -> None:
    """The others are judged; of the inner squash only its own file is left, so that it is an original now."""
    folder = copy("tiers", tmp_path)
    (folder / "stock/migrations/0001_initial.py").unlink()

    text = command(folder, server, "squash")
    done = command(folder, server, "squash", "--format", "json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [(each["squash"], each["replaced"]) for each in found["squashes"]] == [
        ("0001_squashed_0003_item_price", 2)
    ]
    assert found["not_comparable"] == [
        {"app": "stock", "squash": "0001_squashed_0002_item_count", "missing": ["stock.0001_initial"]}
    ]
    assert "not comparable  stock.0001_squashed_0002_item_count" in text.stdout


def test_what_a_migration_prints_and_asks_disturbs_nobody(server: Server, tmp_path: Path) -> None:
    """A migration that prints leaves the JSON whole; one that asks meets the end of the input."""
    folder = copy("library", tmp_path)
    call = 'print("hello")\n    shelf = apps'
    Edit("books/migrations/0003_shelves.py", "shelf = apps", call)(folder)
    printed = command_in_process_of_its_own(folder, server, "squash", "--format", "json")
    Edit("books/migrations/0003_shelves.py", 'print("hello")', 'input("sure? ")')(folder)
    asked = command_in_process_of_its_own(folder, server, "squash", "--format", "json")

    assert json.loads(printed.stdout)["equal"] is True
    one_line(asked, "books.0003_shelves", "EOF")


ASKS_LIBPQ = """import psycopg2

    with psycopg2.connect("") as found:
        assert found.info.dbname == schema_editor.connection.settings_dict["NAME"]
    shelf = apps"""


def test_what_the_shell_says_of_another_server_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libpq's variables lead elsewhere; both sides, and a migration that connects by them, are on our server."""
    folder = copy("library", tmp_path)
    Edit("books/migrations/0003_shelves.py", "shelf = apps", ASKS_LIBPQ)(folder)
    elsewhere = {
        "SSLMODE": "verify-full",
        "SERVICE": "nowhere",
        "HOST": "nowhere.invalid",
        "DATESTYLE": "German",
    }
    for name, value in elsewhere.items():
        monkeypatch.setenv(f"PG{name}", value)

    done = command_in_process_of_its_own(folder, None, "squash", "--provider", "embedded", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["equal"] is True


def test_a_name_that_the_terminal_cannot_show_is_shown_escaped(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of another alphabet, an output of ASCII: the verdict all the same."""
    folder = copy("library", tmp_path)
    Edit(SQUASH, "max_length=100", "max_length=100, db_column='größe'")(folder)
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    done = command_in_process_of_its_own(folder, server, "squash")

    assert done.returncode == 1, done.stderr
    assert "gr\\xf6\\xdfe" in done.stdout


def test_nothing_of_a_run_stays_on_the_server(tmp_path: Path) -> None:
    """Databases go whether the run ends with 1 or 2."""
    folder = copy("library", tmp_path)
    Edit(SQUASH, "max_length=100", "max_length=120")(folder)
    with providers.start("embedded") as own:
        before = databases(own)

        differs = command(folder, own, "squash")
        cannot = command(PROJECTS / "circle", own, "squash")

        assert (differs.returncode, cannot.returncode) == (1, 2)
        assert databases(own) == before


def test_a_server_that_goes_away_halfway_is_one_line(tmp_path: Path) -> None:
    """The server stops while a migration runs: status 2, no traceback, no process left."""
    folder = copy("library", tmp_path)
    sleep = "operations = [migrations.RunSQL('SELECT pg_sleep(60)'),"
    # In both chains, so that neither is being read meanwhile.
    Edit("books/migrations/0005_book_language.py", "operations = [", sleep)(folder)
    with providers.start("embedded") as own:
        watch = own.create_database()
        process = subprocess.Popen(
            [sys.executable, "-m", "verification", "squash", "--settings", "settings", "--dsn", own.url()],
            cwd=folder,
            env={**variables(), "PYTHONPATH": str(HARNESS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'"
        while watch.execute(asleep)[0][0] < min(2, os.cpu_count() or 1):
            assert process.poll() is None, process.communicate()
        own.stop()
        output, error = process.communicate(timeout=60)

    one_line(
        subprocess.CompletedProcess([], process.returncode, output, error),
        "books.0005_book_language",
        "went away",
    )


def test_a_server_that_cannot_be_reached_is_one_line() -> None:
    """Nobody listens there: status 2, and the password stays unsaid."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "verification", "squash", "--settings", "settings"),
            *("--dsn", "postgresql://someone:unspeakable@127.0.0.1:1/postgres"),
        ],
        cwd=PROJECTS / "library",
        env={**variables(), "PYTHONPATH": str(HARNESS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    one_line(done, "127.0.0.1")
    assert "unspeakable" not in done.stderr


def migrated(folder: Path, server: Server) -> str:
    """Migrate a database as the project itself would, and return its URL."""
    database = server.create_database()
    settings = folder / "live_settings.py"
    settings.write_text(
        "from settings import *\n"
        "DATABASES['default'] = {'ENGINE': 'django.db.backends.postgresql', "
        f"'NAME': '{database.name}', 'USER': '{server.user}', 'PASSWORD': '{server.password}', "
        f"'HOST': '{server.host}', 'PORT': '{server.port}'}}\n",
        encoding="utf-8",
    )
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--settings", "live_settings"],
        cwd=folder,
        env={**variables(), "PYTHONPATH": str(folder)},
        capture_output=True,
        timeout=60,
        check=True,
    )
    return database.url


def test_drift_of_a_live_database(server: Server, tmp_path: Path) -> None:
    """As its migrations made it: equal. With an index of its own and one missing: both are named."""
    folder = copy("library", tmp_path)
    url = migrated(folder, server)
    live = server.create_database(template=url.partition("?")[0].rpartition("/")[2])
    live.execute("DROP INDEX book_title_idx")
    live.execute("CREATE INDEX by_hand ON books_book (isbn)")
    live.execute("DELETE FROM django_migrations WHERE name = '0005_book_language'")

    clean = command(folder, server, "drift", "--format", "json", url)
    drifted = command(folder, server, "drift", "--format", "json", live.url)

    assert (clean.returncode, json.loads(clean.stdout)["differences"]) == (0, [])
    assert drifted.returncode == 1, drifted.stderr
    found = json.loads(drifted.stdout)
    assert [(each["object"], each["change"]) for each in found["differences"]] == [
        ("public.books_book.book_title_idx", "removed"),
        ("public.books_book.by_hand", "added"),
    ]
    assert ("books.0005_book_language", "removed") in [
        (each["object"], each["change"]) for each in found["information"]
    ]
    assert server.password not in clean.stdout + drifted.stdout + drifted.stderr


def test_a_proposed_squash_is_a_patch_that_applies_and_is_equal(server: Server, tmp_path: Path) -> None:
    """From the originals alone comes a patch; with it applied, ``squash`` says equal."""
    folder = copy("tiers", tmp_path)
    for name in ("0001_squashed_0002_item_count", "0001_squashed_0003_item_price"):
        (folder / f"stock/migrations/{name}.py").unlink()
    Edit("stock/migrations/0004_item_seen.py", "0001_squashed_0003_item_price", "0003_item_price")(folder)
    before = {file: file.read_bytes() for file in folder.rglob("*.py")}

    done = command(folder, server, "squash", "--propose", "stock", "-o", "stock.patch")

    assert done.returncode == 0, done.stdout + done.stderr
    assert {file: file.read_bytes() for file in folder.rglob("*.py")} == before
    subprocess.run(["git", "apply", "stock.patch"], cwd=folder, check=True, timeout=30)
    applied = command(folder, server, "squash", "--app", "stock", "--format", "json")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert json.loads(applied.stdout)["squashes"][0]["replaced"] == 4


def test_nothing_is_proposed_for_a_chain_that_does_not_load(server: Server, tmp_path: Path) -> None:
    """Two ends are the tree's fault, reported as such: no candidate was tried."""
    folder = copy("tiers", tmp_path)
    last = folder / "stock/migrations/0004_item_seen.py"
    last.with_name("0004_other_end.py").write_bytes(last.read_bytes())

    done = command(folder, server, "squash", "--propose", "stock")

    one_line(done, "--propose stock", "does not load", "0004_other_end")


def test_a_proposal_that_cannot_be_proven_is_no_patch(server: Server, tmp_path: Path) -> None:
    """Rows that only the originals write block every candidate; what blocks is said.

    Another app's migration writes its options as lists, as old ones do.
    """
    folder = copy("library", tmp_path)
    unique = 'options={"unique_together": [["book", "until"]]}'
    Edit("loans/migrations/0001_initial.py", 'name="Loan",', f'name="Loan", {unique},')(folder)

    done = command(folder, server, "squash", "--propose", "books", "--format", "json")

    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["patch"] is None
    assert not list(folder.glob("*.patch"))
    assert len(found["blocked"]) == 2
    assert [each["object"] for each in found["differences"]] == [
        "public.books_shelf(name=fiction)",
        "public.books_shelf(name=science)",
    ]
    assert found["cautions"] == ["0003_shelves: Raw Python operation: not marked elidable, and left out"]
