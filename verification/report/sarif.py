"""The causes as SARIF 2.1.0, which code scanning services and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html: one result for each cause, whose rule and
fingerprint stay the same from run to run.
"""

import hashlib
import json
from typing import Any, Final

from .causes import Cause
from .finding import Place
from .rules import rule_of
from .run import Result

NAME: Final = "verification.sarif"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "PROJECT"


def render(result: Result) -> str:
    """Return the log with one run; a run that did not finish says so as a notification of the tool."""
    found = result.causes
    names = list(dict.fromkeys(cause.finding.rule for cause in found))
    invocation: dict[str, Any] = {"executionSuccessful": result.complete}
    if result.reason:
        invocation["toolExecutionNotifications"] = [{"level": "error", "message": {"text": result.reason}}]
    run = {
        "tool": {"driver": {"name": "verification", "rules": [_rule(name) for name in names]}},
        "invocations": [invocation],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The folder of the project under verification."}}
        },
        "results": [_result(cause, names) for cause in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def fingerprint(cause: Cause) -> str:
    """Return what stays the same for one cause while lines move: of its rule, subject and file."""
    finding = cause.finding
    file = finding.places[0].file if finding.places else ""
    return hashlib.sha256(
        "\0".join((finding.rule, finding.subject or finding.message, file)).encode()
    ).hexdigest()[:32]


def _rule(name: str) -> dict[str, Any]:
    rule = rule_of(name)
    described = {"shortDescription": {"text": rule.why}} if rule.why else {}
    return {"id": name, **described, **({"help": {"text": rule.remedy}} if rule.remedy else {})}


def _result(cause: Cause, names: list[str]) -> dict[str, Any]:
    finding = cause.finding
    text = "\n".join(
        filter(None, (finding.message, finding.why, finding.remedy and f"What to do: {finding.remedy}"))
    )
    return {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": finding.level.value,
        "message": {"text": text},
        "locations": [_location(place) for place in finding.places[:1]],
        "relatedLocations": [_location(place) for place in finding.places[1:]],
        "partialFingerprints": {"cause/v1": fingerprint(cause)},
        "properties": {"checks": cause.checks},
    }


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": place.file, "uriBaseId": _ROOT}}
    if place.line:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical, **({"message": {"text": place.role}} if place.role else {})}
