"""Findings that a team accepts until a day, and the entries that are wrong, old or of no use."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from verification.deploy.finding import Finding
from verification.deploy.suppressions import Suppression, apply, read
from verification.errors import CannotRun
from verification.postgres.server import Server
from verification.project.configuration import Configuration, load
from verification.tests.deploy.repository import write
from verification.tests.migrations.project_copies import command

TODAY: Final = date(2027, 1, 15)
NEW: Final = ("goods", "0002_change")
ENTRY: Final = """
[[tool.verification.deploy.accept]]
code = "index-built-under-lock"
migration = "goods.0002_change"
reason = "at night"
until = 2999-01-31
"""


def finding(code: str) -> Finding:
    return Finding(code=code, migration=".".join(NEW), effect="", evidence=(), remedy="")


@pytest.mark.parametrize(
    ("entry", "found", "accepted", "added"),
    [
        (("table-rewritten", "goods.0002_change", 15), "table-rewritten", True, ()),
        (("table-rewritten", "goods.0002_change", 14), "table-rewritten", False, (("suppression-expired", False),)),
        (("table-rewritten", "goods.0002_change", 15), "reads-blocked", False, (("suppression-unused", False),)),
        (("reads-blocked", "goods.0003_other", 15), "reads-blocked", False, (("suppression-unused", False),)),
        (("reads-blocked", "goods.0001_initial", 15), "reads-blocked", False, (("suppression-unused", True),)),
        (("reads-blocked", "goods.0004_untried", 15), "reads-blocked", False, ()),
    ],
    ids=["accepted", "expired", "other code", "unknown migration", "gone out", "not tried"],
)  # fmt: skip
def test_an_entry_holds_until_its_last_day(
    entry: tuple[str, str, int], found: str, accepted: bool, added: tuple[tuple[str, bool], ...]
) -> None:
    code, migration, day = entry
    suppression = Suppression(code, migration, "at night", date(2027, 1, day), 7)
    untried = ("goods", "0004_untried")
    first, *more = apply(
        [finding(found)],
        [suppression],
        TODAY,
        new=[NEW, untried],
        applied=[("goods", "0001_initial")],
        untried=[untried],
    )

    assert (first.stops, "at night" in first.accepted) == (not accepted, accepted)
    assert tuple((each.code, each.notice) for each in more) == added
    assert all((each.place, each.migration) == ("pyproject.toml:7", migration) for each in more)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2999-01-31", '"2999-01-31"', "until"),
        ("2999-01-31", "2999-01-31T10:00:00", "until"),
        ('reason = "at night"\n', "", "reason is missing"),
        ('"at night"', '""', "reason"),
        ("index-built", "index-bulit", "index-bulit-under-lock"),
        ("index-built-under-lock", "suppression-unused", "suppression-unused"),
        ("goods.0002_change", "0002_change", "app.0001_name"),
        ("reason", "why", "'why'"),
        ("\n[[tool.verification.deploy.accept]]", '\n[tool.verification.deploy]\naccept = ["x"]\n[other]', "list"),
        (ENTRY, ENTRY * 2, "twice"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(ENTRY)
    assert read(load(tmp_path))[0].line == 2
    (tmp_path / "pyproject.toml").write_text(ENTRY.replace(old, new))

    with pytest.raises(CannotRun, match=r"pyproject\.toml") as error:
        read(load(tmp_path))
    assert said in str(error.value)


def test_a_project_without_entries_accepts_nothing(tmp_path: Path) -> None:
    assert read(Configuration(root=tmp_path)) == []


@pytest.mark.slow
def test_the_command_lets_an_accepted_finding_go_out(project: Path, server: Server) -> None:
    write(project, 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))')
    file = project / "pyproject.toml"
    plain = file.read_text()
    said = []
    for text in (
        plain + ENTRY,
        plain + ENTRY.replace("2999", "1999"),
        plain + ENTRY.replace("2999-01-31", "1"),
    ):
        file.write_text(text)
        said.append(command(project, server, "deploy", "--since", "main", "--rows", "1500"))
    accepted, expired, wrong = said

    assert (accepted.returncode, expired.returncode, wrong.returncode) == (0, 1, 2), accepted.stderr
    assert "at night" in accepted.stdout
    assert "suppression-expired" in expired.stdout
    assert wrong.stderr.count("\n") == 1
