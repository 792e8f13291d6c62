"""The result as ``junit.xml``, which CI services read.

One test case for each check, with the elements that pytest and Jenkins use:
https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
"""

import re
from typing import Final
from xml.etree import ElementTree as ET

from .result import Check, Verdict
from .run import Result

NAME: Final = "junit.xml"
_INVALID: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def render(result: Result) -> str:
    """Return the document; a run that did not start or end has an error of its own in it."""
    failed = sum(check.verdict in {Verdict.FAILED, Verdict.INCONCLUSIVE} for check in result.checks)
    errors = sum(check.verdict is Verdict.ERROR for check in result.checks)
    of_the_run = result.verdict is Verdict.ERROR and not errors
    suite = ET.Element(
        "testsuite",
        name=f"verification ({result.partial})" if result.partial else "verification",
        tests=str(len(result.checks) + of_the_run),
        failures=str(failed),
        errors=str(errors + of_the_run),
        skipped=str(sum(check.verdict is Verdict.NOT_APPLICABLE for check in result.checks)),
        time=f"{sum(check.seconds for check in result.checks):.3f}",
        timestamp=str(result.provenance.get("started", "")),
    )
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="verdict", value=result.headline)
    for check in result.checks:
        for figure in check.measurements:
            name, value = f"{check.name}/{figure.name}", f"{figure.value:g} {figure.unit}"
            ET.SubElement(properties, "property", name=_valid(name), value=_valid(value))
    for check in result.checks:
        suite.append(_case(check))
    if of_the_run:
        case = ET.SubElement(suite, "testcase", classname="verification", name="run", time="0")
        ET.SubElement(case, "error", message=_valid(result.reason or "the run did not finish"))
    root = ET.Element("testsuites", name="verification")
    root.append(suite)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(check: Check) -> ET.Element:
    area, _, name = check.name.partition(".")
    case = ET.Element(
        "testcase", classname=_valid(f"verification.{area}"), name=_valid(name), time=f"{check.seconds:.3f}"
    )
    if check.verdict is Verdict.NOT_APPLICABLE:
        ET.SubElement(case, "skipped", message=_valid(check.reason))
    elif check.verdict is not Verdict.PASSED:
        tag = "error" if check.verdict is Verdict.ERROR else "failure"
        element = ET.SubElement(case, tag, message=_valid(check.reason), type=check.verdict.value)
        element.text = _valid(check.detail)
    return case


def _valid(text: str) -> str:
    return _INVALID.sub("?", text)
