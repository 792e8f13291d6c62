"""``python -m verification run``: its exit status and its reports, whatever the checks come to."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

REPOSITORY = Path(__file__).parents[3]
GOOD = '''
def test_good(verification_check):
    """One answer is given."""
    verification_check.measure("answers", 1, "count", limit=2)
'''


@dataclass(frozen=True)
class Outcome:
    status: int
    output: str
    result: dict[str, Any]
    reports: Path

    def check(self, name: str) -> dict[str, Any]:
        return next(check for check in self.result["checks"] if check["name"] == name)


def environment() -> dict[str, str]:
    """What a newcomer's shell has: nothing of the project that runs these tests."""
    ours = {"DJANGO_SETTINGS_MODULE", "VERIFICATION_SHARED_SERVER"}
    return {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "PYTHONPATH": str(REPOSITORY),
    }


def start(project: Path, tests: str, *arguments: str) -> subprocess.Popen[str]:
    (project / "pyproject.toml").write_text("[tool.verification]\n", encoding="utf-8")
    (project / "test_mine.py").write_text(tests, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "verification", "run", "--provider", "embedded", *arguments, "test_mine.py"],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str], project: Path) -> Outcome:
    output, _ = process.communicate(timeout=90)
    reports = project / "reports"
    saved = reports / "verification.json"
    result = json.loads(saved.read_text(encoding="utf-8")) if saved.exists() else {}
    return Outcome(process.returncode, output, result, reports)


def run(project: Path, tests: str, *arguments: str) -> Outcome:
    return finish(start(project, tests, *arguments), project)


def test_a_good_run_passes_and_writes_every_report(tmp_path: Path) -> None:
    """Status 0, the verdict in the terminal, and all files with the same figure."""
    outcome = run(tmp_path, GOOD)

    assert outcome.status == 0, outcome.output
    assert "verdict: passed" in outcome.output
    assert outcome.result["verdict"] == "passed"
    assert outcome.check("mine.good")["title"] == "One answer is given."
    properties = ET.parse(outcome.reports / "junit.xml").iter("property")  # noqa: S314 - our own file
    assert {p.get("name"): p.get("value") for p in properties} == {"mine.good/answers": "1 count"}
    assert "One answer is given." in (outcome.reports / "verification.html").read_text(encoding="utf-8")
    assert (outcome.reports / "history.jsonl").exists()


def test_a_failed_check_is_status_1_with_its_words(tmp_path: Path) -> None:
    """The assertion's message is the reason, in the terminal and in the result."""
    outcome = run(
        tmp_path, "def test_bad(verification_check):\n    assert not [1], 'index a.b is missing; add it'\n"
    )

    assert outcome.status == 1
    assert outcome.check("mine.bad")["verdict"] == "failed"
    assert "mine.bad: index a.b is missing; add it" in outcome.output


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import pytest; pytest.skip('no openssl here')", "skipped: no openssl here"),
        (
            "from verification.errors import CannotRun; raise CannotRun('nothing at 127.0.0.1')",
            "nothing at 127.0.0.1",
        ),
        ("{}['missing']", "missing"),
    ],
)
def test_a_check_that_could_not_run_is_status_2(tmp_path: Path, body: str, words: str) -> None:
    """A skip, a reason or a crash inside a check lets no deploy through."""
    outcome = run(tmp_path, f"{GOOD}\ndef test_none(verification_check):\n    {body}\n")

    assert outcome.status == 2, outcome.output
    assert outcome.check("mine.none")["verdict"] == "error"
    assert words in outcome.check("mine.none")["reason"]


def test_an_inconclusive_check_does_not_pass(tmp_path: Path) -> None:
    """Figures that settle nothing are status 1, although no test failed."""
    outcome = run(
        tmp_path,
        "from verification.report.result import Verdict\n"
        "def test_noise(verification_check):\n    verification_check.conclude(Verdict.INCONCLUSIVE, 'too noisy')\n",
    )

    assert outcome.status == 1
    assert outcome.result["verdict"] == "inconclusive"


def test_no_checks_at_all_is_status_2(tmp_path: Path) -> None:
    """A selection that leaves nothing is not a pass."""
    assert run(tmp_path, GOOD, "-k", "nothing_of_that_name").status == 2


def test_a_crash_leaves_what_was_found(tmp_path: Path) -> None:
    """The process dies in the second check: the first is on disk, the run incomplete."""
    outcome = run(tmp_path, f"{GOOD}\ndef test_late(verification_check):\n    import os\n    os._exit(9)\n")

    assert outcome.status != 0
    assert outcome.result["complete"] is False
    assert [check["name"] for check in outcome.result["checks"]] == ["mine.good"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_and_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """Status 2, reports written, and the server gone."""
    process = start(
        tmp_path,
        "def test_wait(verification_check, verification_server):\n"
        "    import sys, threading\n"
        "    print(f'port={verification_server.port}', file=sys.__stderr__, flush=True)\n"
        "    threading.Event().wait(60)\n",
        "-s",
    )
    assert process.stdout is not None
    port = next(line for line in process.stdout if "port=" in line).strip().rpartition("port=")[2]
    process.send_signal(number)
    outcome = finish(process, tmp_path)

    assert outcome.status == 2
    assert outcome.result["complete"] is False
    listening = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"-p {port}" not in listening
    assert f"port={port}" not in listening


def test_passwords_stay_out_of_every_report(tmp_path: Path) -> None:
    """A failure that quotes the server's URL shows it without credentials, also in junit.xml."""
    outcome = run(
        tmp_path,
        "def test_leak(verification_check, verification_server):\n"
        "    import pathlib\n"
        "    pathlib.Path('secret.txt').write_text(verification_server.password)\n"
        "    assert verification_server.url() == verification_server.password\n",
    )
    secret = (tmp_path / "secret.txt").read_text(encoding="utf-8")

    assert outcome.status == 1
    assert len(secret) >= 8
    for file in outcome.reports.iterdir():
        assert secret not in file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--provider", "existing", "--dsn", "postgresql://u:hidden-word@127.0.0.1:1/x"), "127.0.0.1"),
        (("--provider", "existing"), "--dsn"),
        (("--postgres", "9"), "PostgreSQL 9"),
    ],
)
def test_a_run_without_a_server_ends_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """What was asked for cannot be had: status 2, the reason, no credentials."""
    outcome = run(tmp_path, GOOD, *arguments)

    assert outcome.status == 2
    assert words in outcome.output
    assert "hidden-word" not in outcome.output
    assert "Traceback" not in outcome.output
    assert len(outcome.output.strip().splitlines()) == 1


def test_an_unknown_key_in_the_configuration_is_named(tmp_path: Path) -> None:
    """A misspelt key never goes unnoticed."""
    process = start(tmp_path, GOOD)
    process.kill()
    process.communicate()
    (tmp_path / "pyproject.toml").write_text("[tool.verification]\nsetings = 'x'\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "verification", "run", "--provider", "embedded"],
        cwd=tmp_path, env=environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "'setings'" in done.stderr


def test_a_folder_for_the_reports_is_no_choice_of_tests(tmp_path: Path) -> None:
    """The value of an option that happens to be a folder leaves the suite to run as it is."""
    (tmp_path / "pyproject.toml").write_text("[tool.verification]\n", encoding="utf-8")
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    found = subprocess.run(
        [sys.executable, "-m", "verification", "run", "--verification-reports", str(folder), "--collect-only", "-q"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )  # fmt: skip

    assert "test_schema.py::test_schema_squash" in found.stdout, found.stdout + found.stderr
