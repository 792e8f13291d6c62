"""Every option of a comparison is an option of every command that compares, and holds on every way.

The project's originals leave names and a comment that its squash does not: zulip/zulip#31338 (keys that became larger,
and with them foreign keys of another name; a renamed model keeps the names of its sequence and of its key),
CDLUC3/ezid#625 (an index that got a name later, which the way back cannot take from it).

Options that reached one way and not another, elsewhere: DBDiff/DBDiff#51 (the file's list was dropped beside another
option), pgcodekeeper/pgcodekeeper#64 (the list held for one way to compare, not for the other), djrobstep/migra#51 and
fordfrog/apgdiff#108 (what only production has).
"""

import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import pytest

from verification.__main__ import COMPARING, main
from verification.migrations import commands as migrations_commands
from verification.migrations.equivalence.comparison import configured
from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.schema import commands as schema_commands
from verification.schema.comparison.options import Options
from verification.tests.migrations.project_copies import command

pytestmark = pytest.mark.slow

HEAD: Final = """from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
"""
KEY: Final = '("id", models.{}(primary_key=True))'
LINK: Final = '("shelf", models.ForeignKey("stock.Shelf", models.CASCADE))'
FILES: Final = {
    "settings.py": 'SECRET_KEY = "x"\nINSTALLED_APPS = ["stock"]\n'
    'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n'
    'DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n',
    "stock/__init__.py": "",
    "stock/migrations/__init__.py": "",
    "stock/models.py": """from django.db import models
class Shelf(models.Model):
    name = models.TextField()
class Item(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    kind = models.IntegerField()
    class Meta:
        indexes = [models.Index(fields=["shelf", "kind"], name="item_kind")]
""",
    "stock/migrations/0001_initial.py": f"""{HEAD}
    operations = [
        migrations.CreateModel("Board", [{KEY.format("AutoField")}, ("name", models.TextField())]),
        migrations.CreateModel("Item", [{KEY.format("BigAutoField")}, {LINK.replace("Shelf", "Board")},
            ("kind", models.IntegerField())]),
        migrations.AlterIndexTogether("Item", {{("shelf", "kind")}}),
    ]
""",
    "stock/migrations/0002_names.py": f"""{HEAD.replace("initial = True", "dependencies = [('stock', '0001_initial')]")}
    operations = [
        migrations.RenameModel("Board", "Shelf"),
        migrations.AlterField("Shelf", "id", models.BigAutoField(primary_key=True)),
        migrations.RenameIndex("Item", new_name="item_kind", old_fields=("shelf", "kind")),
        migrations.RunSQL("COMMENT ON TABLE stock_shelf IS 'boards once'", migrations.RunSQL.noop),
    ]
""",
    "stock/migrations/0001_squashed_0002_names.py": f"""{HEAD}
    replaces = [("stock", "0001_initial"), ("stock", "0002_names")]
    operations = [
        migrations.CreateModel("Shelf", [{KEY.format("BigAutoField")}, ("name", models.TextField())]),
        migrations.CreateModel("Item", [{KEY.format("BigAutoField")}, {LINK}, ("kind", models.IntegerField())],
            options={{"indexes": [models.Index(fields=["shelf", "kind"], name="item_kind")]}}),
    ]
""",
}
EVERY: Final = [each.name for each in fields(Options)]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project."""
    folder = tmp_path_factory.mktemp("stock")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("word", sorted(COMPARING))
def test_every_command_takes_every_option(word: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line says arrives in the one object that all comparisons take."""
    seen: list[Any] = []

    def record(arguments: Any) -> int:
        seen.append(arguments)
        return 0

    for module, handler in (
        (schema_commands, "_diff"),
        (migrations_commands, "_squash"),
        (migrations_commands, "_drift"),
    ):
        monkeypatch.setattr(module, handler, record)
    value = {"ignore": ["owner"], "column_order": ["difference"]}.get(name, [])
    where = {
        "diff": ["a/l", "a/r"],
        "squash": ["--settings", "s"],
        "drift": ["--settings", "s", "postgresql://h/d"],
    }

    assert main([word, *where[word], f"--{name.replace('_', '-')}", *value]) == 0

    changed = getattr(Options.chosen(seen[0]), name)
    assert changed == (frozenset(value) if name == "ignore" else value[0] if value else True)
    assert changed != getattr(Options(), name)


def test_the_configuration_adds_its_options() -> None:
    """Those of ``[tool.verification]``, which the gate has too."""
    project = Configuration(root=Path(), ignore=("owner",), generated_names=True)
    told = Options(ignore=frozenset({"comment"}), list_order=True)
    assert configured(project) == Options(ignore=frozenset({"owner"}), generated_names=True)
    assert configured(project, told) == replace(
        told, ignore=frozenset({"owner", "comment"}), generated_names=True
    )


@pytest.mark.postgres
def test_options_hold_on_every_way(stock: Path, server: Server) -> None:
    """Names and a comment differ; told to leave them out, no way differs, and a squash is proposed."""
    found = command(stock, server, "squash")
    assert (found.returncode, "comment" in found.stdout, "sequence" in found.stdout) == (1, True, True), (
        found.stderr
    )
    told = ("--generated-names", "--ignore", "comment")
    thorough = command(stock, server, "squash", "--thorough", "--rows", "0", *told)
    assert thorough.returncode == 0, thorough.stdout
    with server.database() as live:
        live.execute("CREATE TABLE made_by_hand ()")
        drift = command(
            stock, server, "drift", live.url, "--ignore", "table", "sequence", "column", "--generated-names"
        )
    assert drift.returncode == 0, drift.stdout


NAMES: Final = ("--generated-names",)
CASES: Final = {
    # DBDiff/DBDiff#51: the list in the file and an option of the command line hold together.
    "file and option": ('ignore = ["comment"]', ("squash", *NAMES), 0),
    "file alone": ('ignore = ["comment"]\ngenerated_names = true', ("squash",), 0),
    "the other one is missing": ('ignore = ["comment"]', ("squash",), 1),
    # pgcodekeeper/pgcodekeeper#64: another way to compare, the same list.
    "a proposal": ("", ("squash", "--propose", "stock", *NAMES, "--ignore", "comment"), 0),
    "a proposal by the file": ('ignore = ["comment"]\ngenerated_names = true', ("squash", "--propose", "stock"), 0),
    "a proposal without": ("", ("squash", "--propose", "stock"), 1),
}  # fmt: skip


@pytest.mark.postgres
@pytest.mark.parametrize("case", CASES)
def test_the_file_and_the_command_line_hold_together(
    case: str, stock: Path, server: Server, tmp_path: Path
) -> None:
    """Neither drops the other, whatever is compared."""
    table, arguments, status = CASES[case]
    folder = Path(shutil.copytree(stock, tmp_path / "stock"))
    (folder / "pyproject.toml").write_text(f"[tool.verification]\n{table}\n", encoding="utf-8")
    if "--propose" in arguments:
        (folder / "stock/migrations/0001_squashed_0002_names.py").unlink()
    done = command(folder, server, *arguments)
    assert done.returncode == status, done.stdout + done.stderr


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["squash", "propose", "drift", "file"])
def test_a_kind_that_nothing_has_is_refused(way: str, stock: Path, server: Server, tmp_path: Path) -> None:
    """It would leave out nothing, without a word."""
    folder = Path(shutil.copytree(stock, tmp_path / "stock"))
    told = ["--ignore", "colum"]
    if way == "file":
        (folder / "pyproject.toml").write_text('[tool.verification]\nignore = ["colum"]\n', encoding="utf-8")
        told = []
    with server.database() as live:
        rest = {"propose": ["--propose", "stock"], "drift": [live.url]}.get(way, [])
        refused = command(folder, server, "drift" if way == "drift" else "squash", *rest, *told)
    assert refused.returncode == 2
    assert "colum" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--propose", "stock", "--thorough"), "--thorough"),
        (("--propose", "stock", "--app", "stock"), "--app"),
        (("--rows", "10"), "--rows"),
        (("-o", "x.patch"), "--output"),
    ],
)
def test_an_option_without_effect_is_refused(arguments: tuple[str, ...], option: str, stock: Path) -> None:
    """A proposal that was asked for with --thorough would be taken for one that was proven thoroughly."""
    refused = command(stock, None, "squash", *arguments)
    assert (refused.returncode, option in refused.stderr) == (2, True), refused.stderr
