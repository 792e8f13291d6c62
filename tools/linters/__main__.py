"""Judge the labelled cases by the deploy gate and by linters, and write docs/deploy-linters.md: ``tox -e linters``.

    python -m tools.linters [TEXT]      only the cases whose name has TEXT; prints and writes no page

Exit status 1 if the gate misses a dangerous case or has a finding about a harmless one.
"""

import sys
from pathlib import Path
from typing import Final

from verification.deploy.finding import Finding
from verification.tests.deploy.store import Case

from .dangerous import DANGEROUS
from .harmless import HARMLESS
from .linters import LINTERS, Verdicts, lint
from .ours import judge

PAGE: Final = Path(__file__).parents[2] / "docs" / "deploy-linters.md"
OURS: Final = "deploy gate"


def main() -> int:
    """Run all, and return the exit status."""
    wanted = " ".join(sys.argv[1:])
    cases = [each for each in (*DANGEROUS, *HARMLESS) if wanted in each.name]
    ours: Verdicts = {}
    for case, findings in judge(cases):
        ours[case.name] = _codes(case, findings)
        good = _right(case, ours[case.name])
        print(f"{'ok  ' if good else 'FAIL'} {case.name}: {', '.join(ours[case.name]) or '-'}", flush=True)
        for finding in () if good else findings:
            print(f"     {finding.effect}: {'; '.join(finding.evidence)}")
    if not wanted:
        PAGE.write_text(_page(cases, {OURS: ours, **lint(cases)}), encoding="utf-8")
    return 0 if all(_right(case, ours[case.name]) for case in cases) else 1


def _codes(case: Case, findings: list[Finding]) -> list[str]:
    """Return the codes that count: of a dangerous case its hazard, of a harmless one what would stop the deploy."""
    counted = [each.code for each in findings if each.code in case.codes or (not case.codes and each.stops)]
    return list(dict.fromkeys(counted))


def _right(case: Case, said: list[str]) -> bool:
    return bool(said) == bool(case.codes)


def _page(cases: list[Case], verdicts: dict[str, Verdicts]) -> str:
    dangerous = [case for case in cases if case.codes]
    harmless = [case for case in cases if not case.codes]
    lines = [
        "# The deploy gate and linters on the same cases",
        "",
        f"{len(dangerous)} dangerous and {len(harmless)} harmless migrations of the kinds that squawk,",
        "strong_migrations, django-migration-linter, django-safe-migrations, zdm, pgfence and MigrationPilot document,",
        "over tables with 3,000 rows and a small one (`tools/linters/`). `tox -e linters` runs all and writes",
        "this page.",
        "",
        "The gate must name the hazard; of a linter any rule about the file counts, right or not, without those of",
        "style that `tools/linters/linters.py` lists. The linters read; they cannot know how many rows a table has,",
        "which code runs, or what a statement did.",
        "",
        "| | found | missed | false alarms |",
        "|---|---|---|---|",
    ]
    for name, found in verdicts.items():
        right = sum(bool(found[case.name]) for case in dangerous)
        alarms = sum(bool(found[case.name]) for case in harmless)
        version = f" {LINTERS[name]}" if name in LINTERS else ""
        lines.append(
            f"| {name}{version} | {right} | {len(dangerous) - right} | {alarms} of {len(harmless)} |"
        )
    for title, some in (("Dangerous", dangerous), ("Harmless", harmless)):
        lines += [
            "",
            f"## {title}",
            "",
            f"| case | {' | '.join(verdicts)} |",
            f"|---{'|---' * len(verdicts)}|",
        ]
        lines += [
            f"| {case.name} | {' | '.join(', '.join(found[case.name]) or '-' for found in verdicts.values())} |"
            for case in some
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
