"""The command: its exit status, its two forms, and one line for whatever keeps it from running."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from verification.postgres import providers
from verification.postgres.server import Server
from verification.tests.deploy.repository import CHANGE, git, write
from verification.tests.migrations.project_copies import command, copy, databases

INDEX: Final = 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))'
ROWS: Final = ("--rows", "1500")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own: other processes of a test run make databases on the shared one."""
    with providers.start("embedded") as own:
        yield own


@pytest.mark.slow
def test_a_branch_is_judged_and_nothing_is_left(project: Path, server: Server) -> None:
    """Status 1 with the finding's file and line, then 0; the repository and the server are as before."""
    before = databases(server)
    write(project, INDEX)
    line = 1 + (project / CHANGE).read_text().splitlines().index(INDEX)
    found = command(project, server, "deploy", "--since", "main", "--json", *ROWS)
    text = command(project, server, "deploy", "--since", "HEAD", *ROWS)
    write(project, INDEX.replace("item", "tag").replace("price", "name"))
    good = command(project, server, "deploy", *ROWS)
    (project / CHANGE).unlink()
    none = command(project, server, "deploy", *ROWS)

    result = json.loads(found.stdout)
    finding = result["findings"][0]
    assert found.returncode == 1, found.stderr
    assert (finding["code"], finding["file"]) == ("index-built-under-lock", CHANGE)
    assert finding["line"] == line
    assert "public.goods_item: 1,500 rows" in finding["evidence"]
    assert text.returncode == 1
    assert f"{CHANGE}:{finding['line']}" in text.stdout
    assert "AddIndexConcurrently" in text.stdout
    assert (good.returncode, none.returncode) == (0, 0), good.stderr + none.stderr
    assert "may go out" in good.stdout
    assert "no new migrations" in none.stdout
    assert databases(server) == before
    assert git(project, "worktree", "list").count("\n") == 1
    assert not git(project, "status", "--porcelain")


@pytest.mark.slow
def test_models_without_their_migration_must_not_go_out(project: Path, server: Server) -> None:
    """DefectDojo/django-DefectDojo#1098, OpenTreeMap/otm-core#2747: a forgotten makemigrations, and labels alone."""
    models = project / "goods/models.py"
    text = models.read_text()
    for change, status, said in (
        ("    size = models.IntegerField(null=True)\n", 1, "goods.Item.read: ProgrammingError: column"),
        ("    class Meta:\n        verbose_name = 'thing'\n\n", 0, "may go out"),
    ):
        models.write_text(text.replace("class Item(models.Model):\n", f"class Item(models.Model):\n{change}"))
        found = command(project, server, "deploy", "--since", "HEAD", *ROWS)
        assert (found.returncode, said in found.stdout) == (status, True), found.stdout + found.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operations", "setting", "code"),
    [
        (
            """sql("COMMENT ON TABLE goods_item IS 'new'", "COMMENT ON TABLE goods_item IS 'old'")""",
            '[tool.verification]\nignore = ["comment"]\n',
            "reverse-differs",
        ),
        (
            """sql("INSERT INTO goods_tag (name) VALUES ('new')", "")""",
            "[tool.verification.deploy]\none_migrator = true\n",
            "migrators-race",
        ),
    ],
)
def test_what_the_project_says_of_itself_counts(
    project: Path, server: Server, operations: str, setting: str, code: str
) -> None:
    """What does not count in its schemas, and that one process alone migrates; nothing else is silent."""
    write(project, operations)

    def found() -> set[str]:
        said = command(project, server, "deploy", "--json", *ROWS)
        assert said.returncode in {0, 1}, said.stderr
        return {each["code"] for each in json.loads(said.stdout)["findings"]}

    before = found()
    file = project / "pyproject.toml"
    file.write_text(setting + file.read_text())

    assert before - found() == {code}


@pytest.mark.parametrize("since", ["nothing", "--all", "HEAD~7"])
def test_an_unknown_revision_is_one_line(project: Path, server: Server, since: str) -> None:
    said = command(project, server, "deploy", f"--since={since}", *ROWS)

    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert f"--since {since}" in said.stderr


def test_a_folder_without_git_is_one_line(tmp_path: Path, server: Server) -> None:
    said = command(copy("store", tmp_path), server, "deploy", "--since", "main")

    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "no Git repository" in said.stderr


def test_a_base_that_does_not_load_is_one_line(project: Path, server: Server) -> None:
    """The working tree loads; what runs in production does not, here."""
    models = project / "goods/models.py"
    text = models.read_text()
    models.write_text(f"{text}\nimport nowhere_to_be_found\n")
    git(project, "commit", "--quiet", "--all", "--message=broken")
    models.write_text(text)
    said = command(project, server, "deploy", "--since", "HEAD", *ROWS)

    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "base" in said.stderr
    assert "nowhere_to_be_found" in said.stderr


def test_a_migration_that_does_not_end_is_named(project: Path, server: Server) -> None:
    """Its process and its databases are gone afterwards."""
    before = databases(server)
    write(project, 'sql("SELECT pg_sleep(100)")')
    said = command(project, server, "deploy", "--since", "main", "--limit", "3", *ROWS)

    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "goods.0002_change" in said.stderr
    assert "3 s" in said.stderr
    assert databases(server) == before


def test_values_of_rows_are_not_shown(project: Path, server: Server) -> None:
    """PostgreSQL's detail of a violated constraint has the value; the finding has the constraint."""
    functions = (
        "def fill(apps, schema_editor):\n    apps.get_model('goods', 'Tag').objects.update(name='secret')\n"
    )
    unique = 'migrations.AlterField("tag", "name", models.CharField(max_length=20, null=True, unique=True))'
    write(project, f"python(fill), {unique}", functions)
    said = command(project, server, "deploy", "--since", "main", *ROWS)

    assert said.returncode == 1, said.stderr
    assert "fails-on-rows" in said.stdout
    assert "secret" not in said.stdout + said.stderr
    assert os.sep + "base-" not in said.stdout
