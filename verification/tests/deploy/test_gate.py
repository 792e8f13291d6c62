"""The checks ``deploy.*`` of the gate."""

from pathlib import Path
from typing import Any

import pytest

from verification.deploy.finding import FAMILIES
from verification.postgres.server import Server
from verification.tests.deploy.repository import git, write
from verification.tests.suite.gate_runs import Runs

FAMILY_CHECKS = {f"deploy.{family}" for family in FAMILIES}


def run(runs: Runs, project: Path, server: Server, *arguments: str) -> tuple[int, dict[str, Any]]:
    said = runs.run(
        project, "run", "--dsn", server.url(), "-k", "test_deploy", "--verification-rows", "1500", *arguments
    )
    return said.status, {each["name"]: each for each in said.result["checks"]}


@pytest.mark.slow
def test_each_family_of_findings_has_a_check(runs: Runs, project: Path, server: Server) -> None:
    """Without a base none applies; without new migrations one line says so; findings fail the family's check."""
    file = project / "pyproject.toml"
    file.write_text('[tool.verification]\nsettings = "settings"\n' + file.read_text())
    git(project, "commit", "--quiet", "--all", "--message=settings")
    without = run(runs, project, server)
    nothing = run(runs, project, server, "--since", "main")
    file.write_text(file.read_text() + '\n[tool.verification.deploy]\nbase = "HEAD"\n')
    write(project, 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))')
    index = run(runs, project, server)
    write(project, 'migrations.AlterField("item", "note", models.TextField())')
    fails = run(runs, project, server)

    assert without[1].keys() == nothing[1].keys() == index[1].keys() == FAMILY_CHECKS
    assert {each["verdict"] for each in without[1].values()} == {"not applicable"}
    assert nothing[0] == 0
    assert all("no new migrations since" in each["notes"][-1] for each in nothing[1].values())
    assert index[0] == 1
    assert {name for name, each in index[1].items() if each["verdict"] != "passed"} == {"deploy.cost"}
    (finding,) = (each for each in index[1]["deploy.cost"]["findings"] if each["level"] == "error")
    assert finding["rule"] == "deploy.index-built-under-lock"
    assert finding["places"][0]["file"] == "goods/migrations/0002_change.py"
    assert {name: each["verdict"] for name, each in fails[1].items() if each["verdict"] != "passed"} == {
        "deploy.cost": "failed",
        **{f"deploy.{each}": "error" for each in ("traffic", "compatibility", "recovery", "concurrency")},
    }


@pytest.mark.slow
@pytest.mark.parametrize("since", ["nothing", "--all"])
def test_a_base_that_is_not_there_is_no_pass(runs: Runs, project: Path, server: Server, since: str) -> None:
    file = project / "pyproject.toml"
    file.write_text('[tool.verification]\nsettings = "settings"\n' + file.read_text())
    status, checks = run(runs, project, server, f"--since={since}")

    assert status == 2
    assert {each["verdict"] for each in checks.values()} == {"error"}
    assert all(f"--since {since}" in each["reason"] for each in checks.values())
