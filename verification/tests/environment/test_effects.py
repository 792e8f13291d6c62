"""Settings observed at run time: imported in a process of their own, once per question."""

from pathlib import Path

import pytest

from verification.environment import readme, settings_source
from verification.environment.effects import Effects, examine_effects
from verification.environment.settings_process import Probe
from verification.errors import CannotRun
from verification.project.configuration import Configuration

SETTINGS = """\
import os
NAME = os.getenv("DB_NAME")
DEBUG = os.getenv("DEBUG", "False").lower() == "true"
LIMIT = int(os.getenv("LIMIT", "15"))
HOST = os.getenv("HOST", "shop.example")
URL = os.getenv("URL") or f"https://{HOST}"
DATABASES = {"default": {"NAME": NAME, "USER": os.getenv("DB_USER")} if NAME else {}}
"""
TABLE = """\
| Variable Name | Description | Default Value |
|---|---|---|
| `DB_NAME` | name | — |
| `DB_USER` | user | — |
| `DEBUG` | debug | `False` |
| `LIMIT` | limit | `15` |
| `HOST` | host | `shop.example` |
| `URL` | base URL | `https://HOST` |
"""


def examine(root: Path, settings: str = SETTINGS, table: str = TABLE) -> Effects:
    """Examine a project that is one settings module."""
    (root / "shop_settings.py").write_text(settings)
    (root / "README.md").write_text(table)
    source = settings_source.parse(root / "shop_settings.py")
    return examine_effects(
        configuration(root), source.reads, readme.read(root / "README.md", root=root), source.literals
    )


def configuration(root: Path) -> Configuration:
    """Return the configuration of that project."""
    names = {"name": "DB_NAME", "user": "DB_USER"}
    return Configuration(root=root, settings="shop_settings", paths=(".",), database_environment=names)


def test_every_variable_is_seen_to_act(tmp_path: Path) -> None:
    """Also one that acts only beside another (DB_USER), and a default made of another variable."""
    effects = examine(tmp_path)

    changed = {effect.variable: effect.changed for effect in effects.effects}
    assert effects.findings == ()
    assert changed["DB_USER"] == ("DATABASES",)
    assert changed["HOST"] == ("HOST", "URL")
    assert [effect.variable for effect in effects.effects if effect.empty == "refused"] == ["LIMIT"]


@pytest.mark.parametrize(
    ("settings", "table", "words"),
    [
        (
            SETTINGS + 'os.getenv("IDLE", "1")\n',
            TABLE + "| `IDLE` | idle | `1` |\n",
            "IDLE: changing it changes nothing",
        ),
        (
            SETTINGS,
            TABLE.replace("`15`", "`16`"),
            "README.md:6: LIMIT: documented default is not the effective one",
        ),
        (
            SETTINGS + 'X = getattr(os, "get" + "env")("HIDDEN")\n',
            TABLE,
            "shop_settings.py:8: HIDDEN: undocumented",
        ),
        (
            SETTINGS + 'def later():\n    return os.getenv("LATER")\n',
            TABLE + "| `LATER` | later | — |\n",
            "LATER: source and run time differ",
        ),
        (
            SETTINGS + "X = len([*getattr(os, 'environ')])\n",
            TABLE,
            "shop_settings.py:8: os.environ: whole environment",
        ),
    ],
)
def test_each_problem_is_found(tmp_path: Path, settings: str, table: str, words: str) -> None:
    """What the parser cannot see, importing shows; what it sees and nothing uses, too."""
    lines = [finding.line for finding in examine(tmp_path, settings, table).findings]

    assert any(words in line for line in lines), lines


def test_settings_that_do_not_load_end_in_one_line(tmp_path: Path) -> None:
    """The reason is the error that the settings raise."""
    with pytest.raises(CannotRun, match="settings module shop_settings: ZeroDivisionError"):
        examine(tmp_path, SETTINGS + "1 / 0\n")


def test_settings_that_end_their_process_end_in_one_line(tmp_path: Path) -> None:
    """The harness does not wait for a process that has ended."""
    with pytest.raises(CannotRun, match="settings module shop_settings: cannot be loaded"):
        examine(tmp_path, "import os\nos._exit(3)\n")


def test_no_value_leaves_the_process(tmp_path: Path) -> None:
    """Errors come without the values that were set; settings come as digests."""
    (tmp_path / "shop_settings.py").write_text(
        'import os\nKEY = os.getenv("KEY")\nif KEY != "fine-and-long":\n    raise ValueError(KEY)\n'
    )
    with Probe(configuration(tmp_path)) as probe:
        refused = probe.load({"KEY": "pa55word-wrong"})
        loaded = probe.load({"KEY": "fine-and-long"})

    assert refused.error == "ValueError: ***"
    assert len(loaded.settings["KEY"]) == 64


@pytest.mark.parametrize(
    "reads",
    [
        'MODE = os.getenv("MODE", "")\nFAST = MODE == "turbo"\n',
        'match os.getenv("MODE"):\n    case "turbo":\n        FAST = True\n    case _:\n        FAST = False\n',
        'FAST = os.environ.get("MODE") in ("turbo", "express")\n',
        'FAST = open(os.environ["MODE_FILE"]).read() if os.getenv("MODE_FILE") else ""\n',
    ],
)
def test_a_value_that_is_compared_literally_is_tried(reads: str, tmp_path: Path) -> None:
    """``== "turbo"`` has no other effect; a file with the value is one that exists."""
    name = "MODE_FILE" if "MODE_FILE" in reads else "MODE"
    reads = reads.replace('MODE = os.getenv("MODE", "")\nFAST = MODE', 'FAST = os.getenv("MODE")')
    effects = examine(
        tmp_path, f"import os\n{reads}", f"{TABLE.split('| `DB_NAME`', maxsplit=1)[0]}| `{name}` | m | — |\n"
    )

    assert effects.findings == ()
    assert effects.effects[0].changed == ("FAST",)


def test_a_comparison_that_nothing_hangs_on_has_no_effect(tmp_path: Path) -> None:
    """Literals that are tried hide no variable without effect."""
    settings = 'import os\nif os.getenv("MODE") == "turbo":\n    pass\n'
    effects = examine(tmp_path, settings, f"{TABLE.split('| `DB_NAME`', maxsplit=1)[0]}| `MODE` | m | — |\n")

    assert [finding.variable for finding in effects.findings] == ["MODE"]
