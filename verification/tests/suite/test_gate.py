"""``python -m verification run``: its exit status and its reports, whatever the checks come to."""

import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from verification.report.result import Check, Verdict
from verification.report.run import Result
from verification.suite.gate import SUITE, names_of_tests
from verification.tests.suite.gate_runs import SECONDS, Outcome, Runs, environment, run_process, write

GOOD = '''
def test_good(verification_check):
    """One answer is given."""
    verification_check.measure("answers", 1, "count", limit=2)
'''
QUICK = ("--provider", "embedded", "-p", "no:hypothesispytest")


def run(runs: Runs, project: Path, tests: str, *arguments: str) -> Outcome:
    write(project, tests)
    return runs.run(project, "run", *QUICK, *arguments, "test_mine.py")


def start(project: Path, tests: str, *arguments: str) -> subprocess.Popen[str]:
    write(project, tests)
    return subprocess.Popen(
        [sys.executable, "-m", "verification", "run", *QUICK, *arguments, "test_mine.py"],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_good_run_passes_and_writes_every_report(tmp_path: Path) -> None:
    """Status 0, the verdict in the terminal, and all files with the same figure."""
    process = start(tmp_path, GOOD)
    stdout, stderr = process.communicate(timeout=SECONDS)
    outcome = Outcome(process.returncode, stdout, stderr, tmp_path / "reports")

    assert outcome.status == 0, outcome.output
    assert "verdict: passed (partial: 1 of " in outcome.stdout
    assert "Not saving anything" not in outcome.output
    assert outcome.result["complete"]
    assert outcome.check("mine.good")["verdict"] == "passed"
    assert outcome.check("mine.good")["title"] == "One answer is given."
    properties = {p.get("name"): p.get("value") for p in outcome.junit.iter("property")}
    assert properties["mine.good/answers"] == "1 count"
    assert "One answer is given." in outcome.page
    assert (outcome.reports / "history.jsonl").exists()


def test_a_failed_check_is_status_1_with_its_words(runs: Runs, tmp_path: Path) -> None:
    """The assertion's message is the reason, in the terminal and in the result."""
    outcome = run(
        runs,
        tmp_path,
        "def test_bad(verification_check):\n    assert not [1], 'index a.b is missing; add it'\n",
    )

    assert outcome.status == 1
    assert outcome.check("mine.bad")["verdict"] == "failed"
    assert "1. index a.b is missing; add it" in outcome.stdout
    assert "test_mine.py:2" in outcome.stdout
    assert [cause["place"] for cause in outcome.result["causes"]] == ["test_mine.py:2"]
    assert "Traceback" not in outcome.output
    assert "verification/suite" not in outcome.page


VERDICTS = f'''
import pytest
from verification.errors import CannotRun
{GOOD}
def test_silent(verification_check):
    """Looks at nothing."""

def test_early_return(verification_check):
    if verification_check:
        return
    verification_check.measure("orphans", 0, "rows", limit=0)

def test_forgotten_limit(verification_check):
    verification_check.measure("orphans", 5, "rows")

def test_only_assertions(verification_check):
    assert 1 + 1 == 2

def test_skipped(verification_check):
    pytest.skip("no openssl here")

@pytest.mark.skipif(True, reason="not today")
def test_skipped_by_mark(verification_check):
    verification_check.passed("never seen")

@pytest.mark.xfail
def test_expected_failure(verification_check):
    verification_check.measure("orphans", 0, "rows", limit=0)
    assert False

@pytest.mark.xfail(strict=False)
def test_unexpected_pass(verification_check):
    verification_check.measure("orphans", 0, "rows", limit=0)

def test_cannot_run(verification_check):
    raise CannotRun("nothing at 127.0.0.1", "start it")

def test_crash(verification_check):
    verification_check.passed("before the crash")
    {{}}["missing"]

def test_unknown_fixture(verification_check, no_such_fixture):
    verification_check.passed("never seen")

def test_no_number(verification_check):
    verification_check.measure("orphans", None, "rows", limit=0)

@pytest.fixture
def broken_teardown():
    yield
    raise OSError("the folder is still in use")

def test_teardown(verification_check, broken_teardown):
    verification_check.passed("the call went well")
'''


def test_a_check_without_a_verdict_is_status_2(runs: Runs, tmp_path: Path) -> None:
    """Whatever keeps a check from an answer lets no deploy through, and says why."""
    outcome = run(runs, tmp_path, VERDICTS)

    assert outcome.status == 2, outcome.output
    assert outcome.result["verdict"] == "error"
    reasons = {
        check["name"].removeprefix("mine."): check["reason"]
        for check in outcome.result["checks"]
        if check["verdict"] == "error"
    }
    expected = {
        "silent": "no verdict recorded",
        "early_return": "no verdict recorded",
        "forgotten_limit": "no verdict recorded",
        "only_assertions": "no verdict recorded",
        "skipped": "skipped: no openssl here",
        "skipped_by_mark": "skipped: not today",
        "expected_failure": "marked xfail",
        "unexpected_pass": "marked xfail",
        "cannot_run": "nothing at 127.0.0.1; start it",
        "crash": "missing",
        "unknown_fixture": "no_such_fixture",
        "no_number": "has no value",
        "teardown": "the folder is still in use",
    }
    assert reasons.keys() == expected.keys()
    assert {name: text in reasons[name] for name, text in expected.items()} == dict.fromkeys(expected, True)


FAILURES = '''
def test_beyond_limit(verification_check):
    """The example of docs/adopting.md, with orphans."""
    verification_check.measure("orphans", 5, "rows", limit=0)

def test_no_number(verification_check):
    verification_check.passed("or so it says")
    verification_check.measure("latency", float("nan"), "ms", limit=100)

def test_failed_and_broken(verification_check, request):
    request.addfinalizer(lambda: {}["missing"])
    assert False, "the index is missing"

def test_could_not_run(verification_check):
    raise OSError("no route")

def test_plain():
    """No check, and yet it must not be lost."""
    assert False, "a plain test failed"
'''


def test_a_failed_check_is_status_1_whatever_else_could_not_run(runs: Runs, tmp_path: Path) -> None:
    """A figure beyond its limit is a failure without an assertion; a failure outweighs an error."""
    outcome = run(runs, tmp_path, FAILURES)

    assert outcome.status == 1, outcome.output
    assert outcome.result["verdict"] == "failed"
    assert "verdict: failed" in outcome.stdout
    reasons = {check["name"]: (check["verdict"], check["reason"]) for check in outcome.result["checks"]}
    assert reasons == {
        "mine.beyond_limit": ("failed", "orphans: 5 rows, the limit is 0"),
        "mine.no_number": ("failed", "latency: nan ms, the limit is 100"),
        "mine.failed_and_broken": ("failed", "the index is missing"),
        "mine.could_not_run": ("error", "OSError: no route"),
        "mine.plain": ("failed", "a plain test failed"),
    }
    assert (outcome.junit.get("failures"), outcome.junit.get("errors")) == ("4", "1")


def test_several_failures_of_hypothesis_are_a_failure_with_all_of_them(runs: Runs, tmp_path: Path) -> None:
    """Hypothesis raises them as a group of exceptions."""
    tests = (
        "from hypothesis import given, settings, strategies as st\n"
        "def test_any(verification_check):\n"
        "    @settings(database=None, derandomize=True)\n"
        "    @given(st.integers())\n"
        "    def holds(number):\n"
        "        assert number < 1000, 'too large'\n"
        "        assert number > -1000, 'too small'\n"
        "    holds()\n"
    )
    write(tmp_path, tests)
    outcome = runs.run(tmp_path, "run", "--provider", "embedded", "test_mine.py")

    assert outcome.status == 1, outcome.output
    assert outcome.check("mine.any")["verdict"] == "failed"
    assert "too large" in outcome.check("mine.any")["reason"]
    assert "too small" in outcome.check("mine.any")["reason"]


def test_an_inconclusive_check_does_not_pass(runs: Runs, tmp_path: Path) -> None:
    """Figures that settle nothing are status 1, although no test failed."""
    outcome = run(
        runs,
        tmp_path,
        "from verification.report.result import Verdict\n"
        "def test_noise(verification_check):\n"
        "    verification_check.conclude(Verdict.INCONCLUSIVE, 'too noisy')\n",
    )

    assert outcome.status == 1
    assert outcome.result["verdict"] == "inconclusive"


def test_a_partial_run_says_so_everywhere(runs: Runs, tmp_path: Path) -> None:
    """All checks of the suite count, and those of the project that were deselected."""
    outcome = run(runs, tmp_path, f"{GOOD}\ndef test_other(verification_check): ...\n", "-k", "good")

    suite = sum(len(names_of_tests(module)) for module in SUITE.glob("test_*.py"))
    partial = f"partial: 1 of {suite + 2} checks"
    assert outcome.status == 0, outcome.output
    assert (outcome.result["verdict"], outcome.result["partial"]) == ("partial", partial)
    assert f'<span class="verdict">passed ({partial})</span>' in outcome.page
    assert outcome.junit.get("name") == f"verification ({partial})"
    assert f"verdict: passed ({partial})" in outcome.stdout
    assert sum("partial" in line for line in outcome.stdout.splitlines()[-3:]) == 1


@pytest.mark.slow
def test_the_count_of_the_suite_is_what_pytest_collects(runs: Runs, tmp_path: Path) -> None:
    """So that a whole run of the suite is not partial, and no other run is whole.

    The folder that follows an option is its value, and not a choice of tests.
    """
    write(tmp_path, GOOD)
    (tmp_path / "elsewhere").mkdir()
    done = runs.run(tmp_path, "run", *QUICK, "--verification-reports", "elsewhere", "--collect-only", "-q")
    outcome = replace(done, reports=tmp_path / "elsewhere")

    names = {line.rpartition("/")[2] for line in outcome.stdout.splitlines() if "::" in line}
    assert names == {
        f"{module.name}::{name}" for module in SUITE.glob("test_*.py") for name in names_of_tests(module)
    }
    assert outcome.status == 2
    assert outcome.says_error()
    assert outcome.result["reason"] == "--collect-only runs no check"


def test_a_run_that_stops_at_the_first_failure_is_partial(runs: Runs, tmp_path: Path) -> None:
    """``-x`` leaves checks out."""
    outcome = run(runs, tmp_path, f"def test_bad(verification_check):\n    assert 0\n{GOOD}", "-x")

    assert outcome.status == 1
    assert outcome.result["verdict"] == "failed"
    assert outcome.result["partial"].startswith("partial: 1 of")


def test_the_command_of_a_report_is_the_one_that_was_given(runs: Runs, tmp_path: Path) -> None:
    """Quoted, and also when pytest was called directly."""
    outcome = run(runs, tmp_path, GOOD, "-k", "good or bad")
    assert outcome.result["provenance"]["command"] == (
        "python -m verification run --provider embedded -p no:hypothesispytest -k 'good or bad' test_mine.py"
    )

    outcome = runs.run(
        tmp_path,
        *("pytest", "-p", "django_postgres_verification.pytest_plugin", "-p", "no:cacheprovider"),
        *("--verification-reports=reports", "test_mine.py", "-k", "a or o"),
    )
    assert outcome.result["provenance"]["command"] == (
        "pytest -p django_postgres_verification.pytest_plugin -p no:cacheprovider --verification-reports=reports "
        "test_mine.py -k 'a or o'"
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_and_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """Status 2, reports written, and the server gone."""
    process = start(
        tmp_path,
        "def test_wait(verification_check, verification_server):\n"
        "    import sys, threading\n"
        "    print(f'port={verification_server.port}', file=sys.__stdout__, flush=True)\n"
        "    threading.Event().wait(60)\n",
        "-s",
    )
    assert process.stdout is not None
    port = next(line for line in process.stdout if "port=" in line).strip().rpartition("port=")[2]
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=SECONDS)
    outcome = Outcome(process.returncode, stdout, stderr, tmp_path / "reports")

    assert outcome.status == 2
    assert outcome.says_error()
    listening = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"-p {port}" not in listening
    assert f"port={port}" not in listening


def test_passwords_stay_out_of_every_report(runs: Runs, tmp_path: Path) -> None:
    """A failure that quotes the server's URL shows it without credentials, also in junit.xml."""
    outcome = run(
        runs,
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
    assert "embedded at" in outcome.result["provenance"]["postgresql"]


NONSENSE = {
    "PGSERVICE": "nope",
    "PGOPTIONS": "-c nothing=1",
    "PGHOST": "nowhere.invalid",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGPASSWORD": "wrong",
    "PGSSLMODE": "verify-full",
    "PGSSLROOTCERT": "/dev/null",
    "PGSSLCERT": "/dev/null",
    "PGTARGETSESSIONATTRS": "standby",
    "PGCHANNELBINDING": "require",
    "PGREQUIREAUTH": "none",
    "PGCLIENTENCODING": "nothing",
    "PGCONNECT_TIMEOUT": "x",
}


@pytest.mark.slow
def test_what_the_shell_says_of_other_servers_is_not_for_the_harness(runs: Runs, tmp_path: Path) -> None:
    """Variables of libpq and files of the home are those of another server; a home that is missing is none."""
    home = tmp_path / "home"
    (home / ".postgresql").mkdir(parents=True)
    for name in ("root.crt", "postgresql.crt", "postgresql.key", "root.crl"):
        (home / ".postgresql" / name).write_text("nonsense", encoding="utf-8")
    (home / ".pgpass").write_text("*:*:*:*:wrong\n", encoding="utf-8")
    write(
        tmp_path,
        "from verification.schema import catalog\n"
        "def test_servers(verification_check, verification_server, verification_tls_server):\n"
        "    for server in (verification_server, verification_tls_server):\n"
        "        with server.database() as database:\n"
        "            database.execute('SELECT 1')\n"
        "            catalog.read(database.url)\n"
        "    verification_check.passed('both are reached')\n",
    )

    for variables in ({"HOME": str(home)} | NONSENSE, {"HOME": str(tmp_path / "missing")}):
        outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py", variables=variables)

        assert outcome.status == 0, outcome.output
        assert not (tmp_path / "missing").exists()


STOPPED = """
import os, signal

def test_first(verification_check, verification_server):
    pid = int((verification_server.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGSTOP)
    verification_check.passed("it was there")

def test_second(verification_check, verification_server):
    verification_server.create_database()

def test_third(verification_check, verification_server):
    verification_server.create_database()
"""


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_named(runs: Runs, tmp_path: Path) -> None:
    """Its process is stopped: no check waits for it, and nothing is left."""
    write(tmp_path, STOPPED)
    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py", variables={"TMPDIR": str(tmp_path)})

    assert outcome.status == 2, outcome.output
    for name in ("mine.second", "mine.third"):
        assert outcome.check(name)["verdict"] == "error"
        assert "does not answer" in outcome.check(name)["reason"]
    assert list(tmp_path.glob("verification-*")) == []


def test_a_check_without_a_subject_does_not_apply(runs: Runs, tmp_path: Path) -> None:
    """The run passes with the checks that apply, and every report says which do not, and why."""
    done = run(
        runs,
        tmp_path,
        """
import pytest
from verification.suite.gate import NotApplicable

@pytest.fixture
def celery():
    raise NotApplicable("no celery_app is named; name it and the check applies")

def test_worker(verification_check, celery):
    pass

def test_orphans(verification_check):
    verification_check.measure("orphans", 0, "rows", 0)
""",
    )

    worker = done.check("mine.worker")
    assert (worker["verdict"], worker["reason"]) == (
        "not applicable",
        "no celery_app is named; name it and the check applies",
    )
    assert [case.tag for case in done.junit.iter("skipped")] == ["skipped"]
    assert "1 not applicable" in done.output
    assert "no celery_app is named" in done.page


def test_a_run_in_which_nothing_applies_is_an_error() -> None:
    """Nothing was verified, so nothing may go out."""
    check = Check(name="schema.squash", title="")
    check.not_applicable("no app has a squash")

    assert Result(provenance={}, checks=[check], complete=True).verdict is Verdict.ERROR


def test_a_terminal_shows_what_runs_and_a_pipe_gets_plain_lines(tmp_path: Path) -> None:
    """One line that changes, with the check and how far the run is; elsewhere a line for each check, without codes."""
    write(tmp_path, GOOD)
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "verification", "run", *QUICK, "test_mine.py"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(TERM="xterm", COLUMNS="100"), stdout=other_end
    )
    os.close(other_end)
    shown = b""
    with suppress(OSError):  # the other end is closed
        while part := os.read(terminal, 65_536):
            shown += part
    os.close(terminal)
    assert process.wait(SECONDS) == 0
    piped = run_process(tmp_path, *command, seconds=SECONDS)

    assert b"\x1b[" in shown
    words = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", shown)
    assert b"1/1" in words
    assert b"mine.good" in words
    assert "[1/1] mine.good passed" in piped.stdout
    assert "1 check, about 0:0" in piped.stdout
    assert "\x1b" not in piped.stdout
