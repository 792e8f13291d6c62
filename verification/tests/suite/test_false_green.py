"""A run that is none never looks like a pass: not in its exit status, and not through the reports of an earlier one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verification.report.recorder import Recorder
from verification.report.result import Check
from verification.tests.suite.gate_runs import SECONDS, Outcome, Runs, environment, write
from verification.tests.suite.test_gate import GOOD, QUICK


def earlier_pass(project: Path) -> None:
    """Leave the reports of a run that passed, as every checkout of a developer has them."""
    reports = project / "reports"
    reports.mkdir()
    recorder = Recorder(reports, {"commit": "", "tree": "", "started": "yesterday"})
    check = Check(name="mine.good", title="One answer is given.")
    check.passed("yesterday")
    recorder.add(check)
    recorder.finish(complete=True)
    (reports / "benchmark.json").write_text("{}", encoding="utf-8")
    assert json.loads((reports / "verification.json").read_text(encoding="utf-8"))["verdict"] == "passed"


def require_no_run(outcome: Outcome) -> None:
    """Require status 2, and reports of which none can be taken for a pass, or for the earlier run's."""
    assert outcome.status == 2, outcome.output
    assert outcome.says_error(), outcome.output
    assert outcome.result["provenance"]["started"] != "yesterday"
    assert not (outcome.reports / "benchmark.json").exists() or outcome.result["checks"]
    assert "INTERNALERROR" not in outcome.output


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("DEBUG = (", "'(' was never closed (", ),
        ("DEBUG = undefined", "NameError: name 'undefined' is not defined"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("import os; os.environ['UNSET']", "KeyError: 'UNSET'"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("import os; os._exit(0)", "the run ended before it started its first check"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the run ended before it started"),
        ("raise KeyboardInterrupt", ""),
        ("INSTALLED_APPS = ['no_such_app']", "apps do not load: No module named 'no_such_app'"),
    ],
)  # fmt: skip
def test_settings_that_do_not_load(runs: Runs, tmp_path: Path, code: str, words: str) -> None:
    """The reason is in the report and in one line on stderr."""
    earlier_pass(tmp_path)
    write(tmp_path, GOOD, "settings = 'mysettings'\n")
    (tmp_path / "mysettings.py").write_text(f"{code}\n", encoding="utf-8")

    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py")

    require_no_run(outcome)
    assert words in outcome.result["reason"]
    assert "Traceback" not in outcome.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--provider", "existing", "--dsn", "postgresql://u:hidden-word@127.0.0.1:1/x"), "127.0.0.1"),
        (("--provider", "existing"), "--dsn"),
        (("--provider", "embedded", "--postgres", "9"), "PostgreSQL 9"),
        (("--provider", "nobody"), "nobody"),
        (("--no-such-option",), "--no-such-option"),
        (("no_such_file.py",), "no_such_file.py"),
        (("-n", "2"), "omit -n"),
        (
            ("-p", "no:django_postgres_verification.pytest_plugin"),
            "the run ended before it started its first check",
        ),
        (("-k", "nothing_of_that_name"), "no check was selected"),
        (("--version",), ""),
        (("--fixtures",), ""),
        (("--markers",), ""),
    ],
)
def test_a_run_that_does_not_start(
    runs: Runs, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """What was asked for cannot be had, or runs no check: one line on stderr, no traceback, no credentials."""
    earlier_pass(tmp_path)
    write(tmp_path, GOOD.replace("(verification_check)", "(verification_check, verification_server)"))

    outcome = runs.run(tmp_path, "run", "-p", "no:hypothesispytest", *arguments, "test_mine.py")

    require_no_run(outcome)
    assert words in outcome.result["reason"]
    assert "hidden-word" not in outcome.output
    assert "Traceback" not in outcome.output


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ("setings = 'x'\n", "'setings'"),
        ("settings = \n", "not valid TOML"),
        ("reports = 'elsewhere'\nsettings = \n", "not valid TOML"),
    ],
)
def test_a_configuration_that_does_not_load(
    runs: Runs, tmp_path: Path, configuration: str, words: str
) -> None:
    """A misspelt key never goes unnoticed, and the folder of the reports is found all the same."""
    earlier_pass(tmp_path)
    if "elsewhere" in configuration:
        (tmp_path / "reports").rename(tmp_path / "elsewhere")
    write(tmp_path, GOOD, configuration)

    done = runs.run(tmp_path, "run", *QUICK)
    folder = "elsewhere" if "elsewhere" in configuration else "reports"

    require_no_run(Outcome(done.status, done.stdout, done.stderr, tmp_path / folder))
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "import os; os._exit(9)",
        "import pytest; pytest.exit('enough', returncode=0)",
        "raise KeyboardInterrupt",
        "import sys; sys.exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    ],
)
def test_a_run_that_ends_in_the_middle_keeps_what_it_has(runs: Runs, tmp_path: Path, body: str) -> None:
    """The first check is in the reports; the run does not pass, whatever status the process asked for."""
    write(tmp_path, f"{GOOD}\ndef test_late(verification_check):\n    {body}\n")

    outcome = runs.run(tmp_path, "run", *QUICK, "-p", "no:faulthandler", "test_mine.py")

    assert outcome.result["checks"][0]["name"] == "mine.good"
    if "_exit" in body or "SIGSEGV" in body:
        assert "after 1 of " in outcome.stderr
        assert "checks; the last was mine.good" in outcome.stderr
    if body.startswith("import sys"):  # pytest takes SystemExit in a test for an error of the test
        assert (outcome.status, outcome.result["verdict"]) == (2, "error")
    else:
        require_no_run(outcome)


COLLECTION = {
    "import": ("import no_such_module\n", "No module named 'no_such_module'"),
    "syntax": ("def test_x(:\n", "invalid syntax"),
    "skip": ("import pytest\npytest.skip('not here', allow_module_level=True)\n", "not here"),
    "twice": (f"{GOOD}{GOOD}", "test_good is defined twice"),
}


@pytest.mark.parametrize("case", COLLECTION)
def test_a_module_that_is_not_collected_is_not_overlooked(runs: Runs, tmp_path: Path, case: str) -> None:
    """Its checks would be missing without a word; another module's good check does not outweigh them."""
    earlier_pass(tmp_path)
    code, words = COLLECTION[case]
    write(tmp_path, code)
    (tmp_path / "test_other.py").write_text(GOOD, encoding="utf-8")

    outcome = runs.run(
        tmp_path, "run", *QUICK, "--continue-on-collection-errors", "test_mine.py", "test_other.py"
    )

    assert outcome.status == 2, outcome.output
    assert outcome.result["verdict"] == "error"
    assert words in json.dumps(outcome.result, ensure_ascii=False)
    assert outcome.junit.get("errors") != "0"


def test_other_plugins_do_not_change_the_status(runs: Runs, tmp_path: Path) -> None:
    """A conftest that ends every session with 0 hides no failed check."""
    write(tmp_path, "def test_bad(verification_check):\n    assert False, 'bad'\n")
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.hookimpl(wrapper=True, tryfirst=True)\n"
        "def pytest_sessionfinish(session):\n    yield\n    session.exitstatus = 0\n"
        "@pytest.hookimpl(wrapper=True, tryfirst=True)\n"
        "def pytest_runtest_makereport():\n"
        "    report = yield\n    report.outcome = 'passed'\n    return report\n",
        encoding="utf-8",
    )

    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py")

    assert outcome.status != 0
    assert outcome.result["verdict"] != "passed"


def test_variables_for_pytest_do_not_change_the_verdict(runs: Runs, tmp_path: Path) -> None:
    """What a shell has set for pytest is not for the gate."""
    write(tmp_path, "def test_bad(verification_check):\n    assert False, 'bad'\n")
    variables = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "--collect-only",
        "PYTEST_PLUGINS": "django_postgres_verification.pytest_plugin",
        "DJANGO_SETTINGS_MODULE": "no.such.settings",
    }

    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py", variables=variables)

    assert outcome.status == 1, outcome.output
    assert outcome.check("mine.bad")["reason"] == "bad"


def test_assertions_that_python_removes_are_no_pass(tmp_path: Path) -> None:
    """Under ``-O`` an ``assert`` in a module that pytest does not rewrite would pass."""
    earlier_pass(tmp_path)
    write(tmp_path, GOOD)
    done = subprocess.run(
        [sys.executable, "-m", "verification", "run", *QUICK],
        cwd=tmp_path,
        env=environment(PYTHONOPTIMIZE="1"),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    require_no_run(Outcome(done.returncode, done.stdout, done.stderr, tmp_path / "reports"))
    assert done.stderr == (
        "verification: Python runs with -O, which removes assertions; unset PYTHONOPTIMIZE\n"
    )


def test_a_plain_test_beside_the_checks_is_no_check(runs: Runs, tmp_path: Path) -> None:
    """One that passes is not counted, and does not keep the run from its end."""
    write(tmp_path, f"{GOOD}\ndef test_plain():\n    assert True\n")

    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py")

    assert outcome.status == 0, outcome.output
    assert outcome.result["complete"]
    assert [check["name"] for check in outcome.result["checks"]] == ["mine.good"]


def test_reports_that_cannot_be_written(runs: Runs, tmp_path: Path) -> None:
    """A file where the folder should be: one line, and no run."""
    write(tmp_path, GOOD)
    (tmp_path / "reports").write_text("a file", encoding="utf-8")

    outcome = runs.run(tmp_path, "run", *QUICK, "test_mine.py")

    assert outcome.status == 2
    assert "reports" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
