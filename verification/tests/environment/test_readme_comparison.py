"""Settings against README, through the command line: each problem is found and named, no secret is shown."""

import json
from pathlib import Path

import pytest

from verification.__main__ import main

SETTINGS = """\
import os
SECRET_KEY = os.getenv("SECRET_KEY")
DEBUG = os.getenv("DEBUG", "False")
HOSTS = os.getenv("HOSTS", "localhost,127.0.0.1")
SHOP_HOST = os.getenv("SHOP_HOST", "shop.example")
SHOP_URL = os.getenv("SHOP_URL") or f"https://{SHOP_HOST}"
WORDS = os.getenv("WORDS", "")
"""
README = """\
# Shop

| File | What it is |
|---|---|
| `junit.xml` | results |

## Environment

| Variable Name | Description | Default Value |
|---|---|---|
| **Django core** | | |
| `SECRET_KEY` | signing key; **secret** | — |
| `DEBUG` | debug mode, `true` or `false` | `False` |
| `HOSTS` | comma list \\| no blanks | `localhost,127.0.0.1` |

### Shop

| Variable Name | Description | Default Value |
|---|---|---|
| `SHOP_HOST` | host (the client's key is secret, mode 600) | `shop.example` |
| `SHOP_URL` | base URL | `https://SHOP_HOST` |
| `WORDS` | words | (empty) |
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose settings and README agree."""
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "README.md").write_text(README)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def env(*more: str) -> int:
    """Run the command in the project's folder."""
    return main(["env", "--settings-file", "settings.py", "--readme", "README.md", *more])


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_agreement_is_status_0(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several tables, category rows and rich cells are read; other tables are left alone."""
    assert env() == 0
    assert capsys.readouterr().out == "equal: 6 variables read, 6 documented\n"


def test_a_table_that_is_printed_agrees(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the settings read; a variable that is described afterwards is found as before."""
    more = 'A = os.getenv("A", "x|y")\nB = os.getenv("B_PASSWORD", "")\nC = os.getenv("B_PASSWORD_FILE")\n'
    (project / "settings.py").write_text(SETTINGS + more)
    assert env("--table") == 0
    (project / "README.md").write_text(capsys.readouterr().out)

    assert env() == 0, capsys.readouterr().out
    edit(project / "README.md", "`localhost,127.0.0.1`", "`localhost`")
    assert env() == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "README.md",
            "| `DEBUG` | debug mode, `true` or `false` | `False` |\n",
            "",
            "settings.py:3: DEBUG: undocumented",
        ),
        ("README.md", "`DEBUG`", "`DEBUGGING`", "README.md:13: DEBUGGING: documented but not read"),
        ("README.md", "| `False` |", "| `True` |", "README.md:13: DEBUG: default differs"),
        ("README.md", "| `False` |", "| — |", "README.md:13: DEBUG: default differs"),
        ("README.md", "| `shop.example` |", "| `shop.example:80` |", "SHOP_HOST: default differs"),
        ("README.md", "**secret**", "keep it", "README.md:12: SECRET_KEY: secret not marked"),
        (
            "README.md",
            "**secret** | —",
            "**secret** | `s3cr3t-value`",
            "README.md:12: SECRET_KEY: secret with a default",
        ),
        ("README.md", "| `WORDS`", "| `DEBUG` | again | `False` |\n| `WORDS`", "DEBUG: named twice"),
        ("README.md", "| `DEBUG` |", "| `DEBUG`, `HOSTS` |", "HOSTS: named twice"),
        (
            "settings.py",
            'os.getenv("SECRET_KEY")',
            'os.getenv("SECRET_KEY", "s3cr3t-value")',
            "secret with a default",
        ),
        (
            "settings.py",
            'os.getenv("WORDS", "")',
            'os.getenv("WORDS")',
            "README.md:22: WORDS: empty is not unset",
        ),
        ("settings.py", '"False")', '"True")', "README.md:13: DEBUG: default differs"),
        (
            "settings.py",
            'WORDS = os.getenv("WORDS", "")',
            'os.getenv("NEW")\nos.getenv("WORDS", "")',
            "NEW: undocumented",
        ),
        (
            "settings.py",
            'os.getenv("WORDS", "")',
            'os.getenv("WO" + RDS)',
            "'WO' + RDS: name is not a literal",
        ),
        ("settings.py", "import os", 'import os\nos.getenv("DEBUG", "1")', "DEBUG: named twice"),
        (
            "settings.py",
            '"shop.example"',
            '"http://me:pa55word@shop.example"',
            "SHOP_HOST: secret with a default",
        ),
    ],
)
def test_each_problem_is_status_1_and_named(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, words: str
) -> None:
    """The line names variable, problem and place, and never the value of a secret."""
    edit(project / file, old, new)

    assert env() == 1

    output = capsys.readouterr().out
    assert words in output
    assert "s3cr3t-value" not in output
    assert "pa55word" not in output


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| `False` |", "| false |"),
        ("| `https://SHOP_HOST` |", "| `https://${SHOP_HOST}` |"),
        ("| `https://SHOP_HOST` |", "| `https://shop.example` |"),
        ("| (empty) |", "| — |"),
        ("| `localhost,127.0.0.1` |", "| `localhost, 127.0.0.1` |"),
        # rubberdok/indok-web#226: what Django, libpq and gunicorn read by themselves is in tables, too.
        (
            "| `WORDS` |",
            "| `DJANGO_SETTINGS_MODULE` | module | — |\n| `PGSSLMODE` | libpq | — |\n| `WORDS` |",
        ),
    ],
)
def test_other_spellings_of_the_same_default_agree(project: Path, old: str, new: str) -> None:
    """A default is compared by what it means."""
    edit(project / "README.md", old, new)

    assert env() == 0


def test_all_findings_come_at_once_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two faults are two findings in one run."""
    edit(project / "README.md", "`DEBUG`", "`DEBUGGING`")

    assert env("--format", "json") == 1

    document = json.loads(capsys.readouterr().out)
    found = {(each["variable"], each["problem"]) for each in document["findings"]}
    assert document["equal"] is False
    assert found == {("DEBUG", "undocumented"), ("DEBUGGING", "documented but not read")}


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (
            "README.md",
            "# Shop\n\n| File | What |\n|---|---|\n",
            "README.md: has no environment table; add one",
        ),
        ("README.md", None, "README.md: cannot be read"),
        ("settings.py", "import os\nx = (", "settings.py:2: is not valid Python"),
        ("settings.py", None, "settings.py: cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_status_2_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, content: str | None, words: str
) -> None:
    """No table, no file, no Python: one line on stderr, no traceback."""
    (project / file).unlink()
    if content is not None:
        (project / file).write_text(content)

    assert env() == 2

    errors = capsys.readouterr().err
    assert words in errors
    assert errors.count("\n") == 1


def test_other_reading_files_count_with_their_own_rows(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The container's entry point reads documented variables; what it reads must be documented too."""
    (project / "pyproject.toml").write_text('[tool.verification]\nenvironment_files = ["entrypoint.sh"]\n')
    (project / "entrypoint.sh").write_text('echo "${RUN_MODE:-production}" "${SKIP:-false}"\n')
    edit(project / "README.md", "| `WORDS`", "| `RUN_MODE` | how | `production` |\n| `WORDS`")

    assert env() == 1
    assert "entrypoint.sh:1: SKIP: undocumented" in capsys.readouterr().out

    edit(project / "README.md", "| `WORDS`", "| `SKIP` | what | `true` |\n| `WORDS`")

    assert env() == 1
    assert "SKIP: default differs" in capsys.readouterr().out

    edit(project / "README.md", "| `true` |", "| `false` |")

    assert env() == 0
