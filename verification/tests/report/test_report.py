"""The reports say what the result says, lose nothing, and hold nothing secret."""

import io
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from verification.report import annotations, history, junit
from verification.report.evidence import Measurement, Table
from verification.report.html import render
from verification.report.pictures import latency
from verification.report.recorder import HTML_NAME, JSON_NAME, Recorder
from verification.report.redaction import redact
from verification.report.result import NO_VERDICT, Check, Verdict
from verification.report.run import Result
from verification.report.terminal import show, tightest
from verification.tests.report.results import failing, faulty, index_missing
from verification.tests.suite.gate_runs import Runs

PASSWORD = "S3cret-of-the-run"


def failed_check() -> Check:
    return Check(
        name="schema.squash",
        title="The squash gives the schema of the originals.",
        verdict=Verdict.FAILED,
        reason="public.orders.orders_status_idx <is missing>",
        differences=[
            {
                "kind": "index",
                "object": "public.orders.orders_status_idx",
                "change": "removed",
                "attribute": None,
                "left": "CREATE INDEX",
                "right": None,
            }
        ],
    )


def measured_check() -> Check:
    return Check(
        name="health.socket",
        title="A request over a socket is answered in time.",
        verdict=Verdict.PASSED,
        reason="",
        samples={"GET /health": [0.8, 0.9, 1.1, 1.4, 3.0]},
        measurements=[
            Measurement("max", 3.0, "ms", 100.0),
            Measurement("p50", 1.1, "ms"),
        ],
        tables=[Table("detectors", ("detector", "violation"), [("audit hook", "socket")])],
    )


def finished(*checks: Check) -> Result:
    for each in checks:
        each.settle()
    return Result(
        provenance={"commit": "0" * 40, "tree": "clean", "started": "now"}, checks=list(checks), complete=True
    )


class Visible(HTMLParser):
    """Collects the text that a reader sees, and every reference to something outside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_page(page: str) -> Visible:
    visible = Visible()
    visible.feed(page.replace("<wbr>", ""))
    return visible


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((Verdict.PASSED,), Verdict.PASSED),
        ((Verdict.PASSED, Verdict.INCONCLUSIVE), Verdict.INCONCLUSIVE),
        ((Verdict.INCONCLUSIVE, Verdict.FAILED), Verdict.FAILED),
        ((Verdict.PASSED, Verdict.ERROR), Verdict.ERROR),
        ((Verdict.ERROR, Verdict.INCONCLUSIVE), Verdict.INCONCLUSIVE),
        ((Verdict.FAILED, Verdict.ERROR), Verdict.FAILED),
        ((), Verdict.ERROR),
    ],
)
def test_the_verdict_is_the_worst_of_the_checks(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    """A run passes only when there is a check and every one passed."""
    result = finished(*(Check(name=f"a.{n}", title="", verdict=v) for n, v in enumerate(verdicts)))

    assert result.verdict is expected


def check() -> Check:
    return Check(name="orders.orphans", title="No payment is left without its order.")


def test_a_check_has_no_verdict_until_it_gives_one() -> None:
    """A figure without a limit is information: the check that has nothing else is an error."""
    silent = check()
    silent.measure("orphans", 5, "rows")
    silent.settle()

    assert (silent.verdict, silent.reason) == (Verdict.ERROR, NO_VERDICT)


def test_a_check_passes_with_what_it_says() -> None:
    """A figure within its limit, no findings, or a statement in words."""
    measured, empty, stated = check(), check(), check()
    measured.measure("orphans", 0, "rows", limit=0)
    empty.expect_none([])
    stated.passed("the table has a foreign key")
    for each in (measured, empty, stated):
        each.settle()

    assert [each.verdict for each in (measured, empty, stated)] == [Verdict.PASSED] * 3
    assert [each.reason for each in (measured, empty, stated)] == [""] * 3
    assert stated.notes == ["the table has a foreign key"]


@pytest.mark.parametrize(
    ("value", "limit"),
    [(5, 0), (math.nan, 0), (math.inf, 0), (-math.inf, 0), (1, math.nan), (1, math.inf), (math.nan, None)],
)
def test_a_figure_beyond_its_limit_fails_the_check(value: float, limit: float | None) -> None:
    """Whatever else the check says; a figure that is no number is within no limit, and no limit is infinite."""
    failing = check()
    failing.passed("so it says")
    failing.measure("orphans", value, "rows", limit)
    failing.settle()

    assert failing.verdict is Verdict.FAILED
    assert failing.reason.startswith(f"orphans: {value} rows")


@pytest.mark.parametrize("value", [None, "many", []])
def test_a_figure_is_a_number(value: Any) -> None:
    """Anything else is an error of the check, never a pass."""
    with pytest.raises((TypeError, ValueError)):
        check().measure("orphans", value, "rows", limit=0)


def test_findings_are_named_and_recorded() -> None:
    """The first dozen in words, all of them in the report."""
    failing = check()

    with pytest.raises(AssertionError) as raised:
        failing.expect_none([f"index i{n} is missing" for n in range(14)], "differences")

    lines = str(raised.value).splitlines()
    assert lines[0] == "index i0 is missing"
    assert lines[-1] == "and 2 more, in the report"
    assert len(failing.findings) == 14
    assert not failing.measurements[0].passed


def test_of_several_verdicts_the_worst_counts() -> None:
    """A statement does not take back what another one found."""
    failing = check()
    failing.conclude(Verdict.INCONCLUSIVE, "too noisy")
    failing.passed("so it says")

    assert (failing.verdict, failing.reason) == (Verdict.INCONCLUSIVE, "too noisy")


def partial() -> Result:
    result = finished(measured_check())
    result.total = 31
    return result


def test_a_partial_run_never_says_passed_without_that_word(tmp_path: Path) -> None:
    """In the page, the JSON, JUnit and the terminal."""
    content = partial().to_json()
    page = render(content, history=tmp_path / "none")
    terminal = io.StringIO()
    show(partial(), Console(file=terminal, width=140), "report.html")
    suite = ET.fromstring(junit.render(partial()))[0]  # noqa: S314 - our own text

    assert (content["verdict"], content["partial"]) == ("partial", "partial: 1 of 31 checks")
    assert '<span class="verdict">passed (partial: 1 of 31 checks)</span>' in page
    assert "verdict: passed (partial: 1 of 31 checks)" in terminal.getvalue()
    assert suite.get("name") == "verification (partial: 1 of 31 checks)"


def test_junit_has_one_case_for_each_check() -> None:
    """What failed is a failure, what could not run an error, and every figure a property."""
    broken = check()
    broken.detail = "\0 no character of XML"
    suite = ET.fromstring(junit.render(finished(measured_check(), failed_check(), broken)))[0]  # noqa: S314

    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert [(case.get("name"), [child.tag for child in case]) for case in suite.iter("testcase")] == [
        ("socket", []),
        ("squash", ["failure"]),
        ("orphans", ["error"]),
    ]
    assert {p.get("name"): p.get("value") for p in suite.iter("property")}["health.socket/max"] == "3 ms"


def test_junit_of_a_run_that_did_not_finish_has_an_error() -> None:
    """A CI service that reads nothing but this file does not take the run for a good one."""
    result = Result(provenance={}, checks=[measured_check()], reason="the server is gone")
    suite = ET.fromstring(junit.render(result))[0]  # noqa: S314 - our own text

    assert suite.get("errors") == "1"
    assert [error.get("message") for error in suite.iter("error")] == ["the server is gone"]


def test_a_figure_that_is_no_number_is_text_in_json(tmp_path: Path) -> None:
    """JSON has no NaN; the page is drawn from it all the same."""
    recorder = Recorder(tmp_path, {"commit": "", "tree": "", "started": ""})
    failing = check()
    failing.measure("orphans", math.nan, "rows", limit=0)
    failing.settle()
    recorder.add(failing)

    text = (tmp_path / JSON_NAME).read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["checks"][0]["measurements"][0]["value"] == "nan"


def test_a_run_that_did_not_finish_never_passes() -> None:
    """A crash after good checks is no pass."""
    result = Result(provenance={}, checks=[measured_check()])

    assert result.verdict is Verdict.ERROR


def test_page_shows_failures_first_with_their_words(tmp_path: Path) -> None:
    """The failed check comes before the passed one, escaped, with its difference."""
    page = render(finished(measured_check(), failed_check()).to_json(), history=tmp_path / "none")
    text = " ".join(read_page(page).text)

    assert text.index("schema.squash") < text.index("health.socket")
    assert "public.orders.orders_status_idx <is missing>" in text
    assert "<is missing>" not in page
    assert "CREATE INDEX" in text


def test_page_needs_no_network(tmp_path: Path) -> None:
    """Nothing in the page is loaded from anywhere."""
    page = render(finished(measured_check(), failed_check()).to_json(), history=tmp_path / "none")

    assert [each for each in read_page(page).references if not each.startswith("#")] == []
    assert "@import" not in page
    assert "url(" not in page


def test_page_draws_the_latency(tmp_path: Path) -> None:
    """Samples become a picture with the limit and one bar per occupied bin."""
    page = render(finished(measured_check()).to_json(), history=tmp_path / "none")

    assert "limit 100 ms" in page
    assert sum(int(count) for count in re.findall(r"<title>(\d+) calls", page)) == 5


def test_recorder_keeps_what_was_found_when_the_run_dies(tmp_path: Path) -> None:
    """After each check both files are whole on disk, marked incomplete."""
    recorder = Recorder(tmp_path, {"commit": "", "tree": "", "started": ""})
    recorder.add(failed_check())

    saved = json.loads((tmp_path / JSON_NAME).read_text(encoding="utf-8"))
    assert saved["complete"] is False
    assert saved["verdict"] == "error"
    assert saved["checks"][0]["name"] == "schema.squash"
    assert "did not finish" in (tmp_path / HTML_NAME).read_text(encoding="utf-8")


def test_no_secret_reaches_a_report(tmp_path: Path) -> None:
    """Known passwords and credentials in URLs are masked in both files."""
    recorder = Recorder(tmp_path, {"commit": "", "tree": "", "started": ""}, lambda: [PASSWORD])
    check = failed_check()
    check.detail = f"password is {PASSWORD}; postgresql://someone:another-word@127.0.0.1/x"
    recorder.add(check)

    for name in (JSON_NAME, HTML_NAME):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert PASSWORD not in text
        assert "another-word" not in text
        assert "postgresql://***@127.0.0.1/x" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://u:p@h/d", "postgresql://***@h/d"),
        ("redis://:p@h:6379/0", "redis://***@h:6379/0"),
        ("host=h password='a b' user=u", "host=h password=*** user=u"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
    ],
)
def test_redaction(text: str, expected: str) -> None:
    """Credentials go, the rest stays."""
    assert redact(text) == expected


def test_history_gives_the_trend_of_each_figure(tmp_path: Path) -> None:
    """Comparable runs line up oldest first; a damaged line costs only itself, another machine's run does not count."""
    path = tmp_path / history.NAME
    history.append(path, finished(measured_check()).to_json())
    with path.open("a", encoding="utf-8") as file:
        file.write("{damaged\n")
    later = measured_check()
    later.measurements[0] = Measurement("max", 4.0, "ms", 100.0)
    history.append(path, finished(later).to_json())

    elsewhere = finished(measured_check())
    elsewhere.provenance = {**elsewhere.provenance, "processor": "another one"}
    history.append(path, elsewhere.to_json())

    points = history.trends(path, finished().provenance)["health.socket/max"]
    assert [point.value for point in points] == [3.0, 4.0]
    assert history.seconds(path, finished().provenance) == {"health.socket": 0.0}
    assert "3 to 4 ms in 2 comparable runs" in str(latency.trend([3.0, 4.0], "ms"))


def test_annotations_name_what_did_not_pass() -> None:
    """One line for GitHub a check that did not pass, with its special characters escaped."""
    check = failed_check()
    check.reason = "50% lost\nsecond line"

    lines = list(annotations.github(finished(measured_check(), check)))

    assert len(lines) == 1
    assert lines[0].startswith("::error title=schema.squash::50%25 lost%0Asecond line%0A")


def test_the_tightest_figure_is_the_one_nearest_its_limit() -> None:
    """Figures without a limit never stand for a check."""
    figures = [Measurement("a", 10, "ms", 100), Measurement("b", 90, "ms", 100), Measurement("c", 999, "ms")]

    found = tightest(figures)

    assert found is not None
    assert found.name == "b"


def test_report_command_draws_the_page_again(runs: Runs, tmp_path: Path) -> None:
    """``report RESULT.json -o FILE.html`` needs nothing but the file."""
    source = tmp_path / "verification.json"
    source.write_text(json.dumps(finished(failed_check()).to_json()), encoding="utf-8")

    done = runs.run(tmp_path, "report", str(source), "-o", str(tmp_path / "page.html"))

    assert (done.status, done.stderr) == (0, "")
    assert "schema.squash" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("{", "damaged"),
        ("[]", "format None"),
        ('{"format": 99}', "format 99"),
        ('{"format": 1, "verdict": "passed"}', "format 1"),
        ('{"format": 2, "verdict": "passed"}', "parts are missing"),
    ],
)
def test_report_command_says_what_is_wrong_in_one_line(
    runs: Runs, tmp_path: Path, content: str | None, words: str
) -> None:
    """A bad result file ends with status 2 and one line naming the file."""
    source = tmp_path / "verification.json"
    if content is not None:
        source.write_text(content, encoding="utf-8")

    done = runs.run(tmp_path, "report", str(source), "-o", str(tmp_path / "page.html"))

    assert done.status == 2
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert str(source) in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "required: COMMAND"),
        (("brew",), "brew"),
        (("report", "x.json"), "-o"),
        (("report", "x.json", "-o", "y", "z"), "unknown argument 'z'"),
    ],
)
def test_command_line_complains_in_one_line(
    runs: Runs, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """Wrong words on the command line: status 2, one line, no traceback."""
    done = runs.run(tmp_path, *arguments)

    assert done.status == 2
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


def test_the_terminal_has_one_table_and_the_causes_below_it() -> None:
    """What, where, why and what to do; what stops traffic and what does not apply are said too."""
    output = io.StringIO()

    show(faulty(), Console(file=output, width=140), "report.html")

    text = output.getvalue()
    assert text.count("verdict  ") == 1
    assert text.index("schema.squash  ") < text.index(
        "1. index public.orders.orders_status_idx: missing in the squash <b>"
    )
    for words in (
        "0001_squashed.py:112 (squash), orders/migrations/0026_status.py:33 (original migrations)",
        "add to the squash: migrations.AddIndex(",
        "seen by  schema.squash, schema.partial_states",
        "orders.0002: public.orders: ACCESS EXCLUSIVE",
        "not applicable, the project names no celery_app: transport.processes",
        "verdict: failed  (2 failed, 1 inconclusive, 1 error, 2 passed, 1 not applicable)",
    ):
        assert words in text


def test_a_row_of_the_table_is_one_line_of_80_columns() -> None:
    """The longest name of a check, and one finding is no findings."""
    output = io.StringIO()
    check = failing("environment.in_deployment_files", index_missing("schema.squash"))

    show(finished(check), Console(file=output, width=80), "report.html")

    assert re.search(
        r"^environment\.in_deployment_files failed +1 finding +0 +0\.0$", output.getvalue(), re.MULTILINE
    )
