"""Each code on several versions of PostgreSQL: ``tox -e codes`` (in containers; writes docs/deploy-codes.md).

    python -m tools.linters.versions [--continue] [MAJOR ...]      --continue: keep what an earlier run has judged

At least three cases that a code must find, of different shape, and three that come near it, on which it must be
silent. Exit status 1 if one is missed or one alarms.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from verification.deploy.finding import CODES

from .dangerous import DANGEROUS
from .harmless import HARMLESS
from .ours import judge
from .shapes import BAD, GOOD, NEAR

MAJORS: Final = (14, 16, 18)
LEAST: Final = 3
PAGE: Final = Path(__file__).parents[2] / "docs" / "deploy-codes.md"
ALL: Final = (*DANGEROUS, *BAD, *HARMLESS, *GOOD)
MOST: Final = 3
"""Cases that are tried for one code."""
WANTED: Final = {
    name
    for code in CODES
    for name in (
        *[each.name for each in sorted(ALL, key=lambda case: len(case.codes)) if code in each.codes][:MOST],
        *NEAR[code][:MOST],
    )
}
CASES: Final = tuple(case for case in ALL if case.name in WANTED)
RESULTS: Final = PAGE.parents[1] / "reports" / "codes"
"""Kept, so that one version can be run again alone."""
Found = dict[str, list[tuple[str, bool]]]
"""Case -> the codes of its findings, and whether they stop the deploy."""


def main() -> int:
    """Run what is wanted, and return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--continue", action="store_true", dest="go_on")
    parser.add_argument("majors", nargs="*", type=int, default=MAJORS)
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for major in arguments.majors:
        _run(major, _kept(major) if arguments.go_on else {})
    found = {major: kept for major in MAJORS if (kept := _kept(major))}
    wrong = [f"PostgreSQL {major}: {line}" for major, each in found.items() for line in _wrong(each)]
    print("\n".join(wrong))
    PAGE.write_text(_page(found), encoding="utf-8")
    return 1 if wrong else 0


def _run(major: int, found: Found) -> None:
    cases = [case for case in CASES if case.name not in found]
    for case, findings in judge(cases, "container", major, always=()):
        found[case.name] = [(each.code, each.stops) for each in findings]
        print(f"{major} {case.name}: {', '.join(each.code for each in findings) or '-'}", flush=True)
        _file(major).write_text(json.dumps(found), encoding="utf-8")


def _file(major: int) -> Path:
    return RESULTS / f"{major}.json"


def _kept(major: int) -> Found:
    return json.loads(_file(major).read_text(encoding="utf-8")) if _file(major).exists() else {}


def _codes(findings: list[tuple[str, bool]]) -> set[str]:
    return {code for code, _ in findings}


def _stopping(findings: list[tuple[str, bool]]) -> list[str]:
    return [code for code, stops in findings if stops]


def _bad(code: str, found: Found) -> list[str]:
    """Return the cases where the code was rightly found."""
    return [case.name for case in CASES if code in case.codes and code in _codes(found.get(case.name, []))]


def _good(code: str, found: Found) -> list[str]:
    """Return the cases that come near the code and where it was silent."""
    return [name for name in NEAR[code][:MOST] if name in found and code not in _codes(found[name])]


def _wrong(found: Found) -> list[str]:
    lines = []
    for case in CASES:
        if case.name not in found:
            lines.append(f"{case.name}: not run")
        elif case.codes and not _codes(found[case.name]) & {*case.codes}:
            lines.append(f"{case.name}: missed {' or '.join(case.codes)}")
        elif not case.codes and (alarms := _stopping(found[case.name])):
            lines.append(f"{case.name}: {', '.join(alarms)}")
    for code in CODES:
        if len(_bad(code, found)) < LEAST:
            lines.append(f"{code}: found in {len(_bad(code, found))} cases")
        lines += [
            f"{code}: not silent on {name}" for name in NEAR[code][:MOST] if name not in _good(code, found)
        ]
    return lines


def _page(found: dict[int, Found]) -> str:
    lines = [
        "# Each code on several versions of PostgreSQL",
        "",
        f"{len(CASES)} cases of `tools/linters/`, run on each version in a container. `tox -e codes` runs them and",
        "writes this page. Found: cases of different shape in which the code must be reported, and was. Silent:",
        "harmless cases that come near it, in which it must not be, and was not.",
        "",
        f"| code | {' | '.join(f'{major}: found | {major}: silent' for major in found)} |",
        f"|---{'|---|---' * len(found)}|",
    ]
    for code in CODES:
        cells = [
            f"{len(_bad(code, each))} | {len(_good(code, each))} of {len(NEAR[code][:MOST])}"
            for each in found.values()
        ]
        lines.append(f"| {code} | {' | '.join(cells)} |")
    several = {
        name: _stopping(findings)
        for name, findings in next(iter(found.values())).items()
        if len(_stopping(findings)) > 1
    }
    lines += [
        "",
        "One cause is one finding. These cases have several, since they do several things, or one to several tables:",
        "",
        *(f"- {name}: {', '.join(codes)}" for name, codes in several.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
