"""docs/deploy-releases.md: what the gate said of real releases, and why each finding is right."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .remarks import REMARKS

PAGE: Final = Path(__file__).parents[2] / "docs" / "deploy-releases.md"
COULD_NOT_RUN: Final = "could not run"
SHOWN: Final = 2
"""Facts of a finding."""
HEAD: Final = """# The deploy gate on real releases

`tox -e releases` runs `deploy` on releases that went out once, and writes this page. Milliseconds are those of the
machine where it ran, and no figures to compare.

Each finding that stops a deploy was checked by hand, in the migration and against PostgreSQL's manual; the sentence
under it says why it is right. Status: 0 may go out, 1 findings, 2 could not run.
"""
PAYMENTS: Final = """
## The payments app

Each migration as if it were the new one: the base has those before it, with rows in the
proportions of `[tool.verification.rows]`. The models of each release are those that its migrations make.
"""
THIRD_PARTY: Final = """
## {name}

Released versions, each with the one before it as the base.
"""
Release = Mapping[str, Any]
"""name, status, result, errors: as ``history.Judged``."""


def write(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write the page; return what is wrong with its remarks: none for a finding, or none needed."""
    lines = [HEAD]
    used: set[tuple[str, str]] = set()
    for name, each in found.items():
        title = PAYMENTS if name == "payments" else THIRD_PARTY
        lines.append(title.format(name=name))
        lines += _table(each["releases"])
        lines += _findings(each["releases"], used)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    missing = [
        f"no remark: {' '.join(_key(finding))}"
        for each in found.values()
        for release in each["releases"]
        for finding in _stopping(release)
        if _key(finding) not in REMARKS
    ]
    failed = [
        f"no remark: {release['name']}: {release['errors']}"
        for each in found.values()
        for release in each["releases"]
        if not release["result"] and (release["name"], COULD_NOT_RUN) not in REMARKS
    ]
    return [
        *missing,
        *(f"remark without a finding: {' '.join(key)}" for key in REMARKS.keys() - used),
        *failed,
    ]


def _table(releases: Sequence[Release]) -> list[str]:
    lines = ["| release | new migrations | rows | status | findings | notices |", "|---|---|---|---|---|---|"]
    for each in releases:
        findings = each["result"].get("findings", [])
        stopping = ", ".join(dict.fromkeys(finding["code"] for finding in findings if not finding["notice"]))
        notices = ", ".join(dict.fromkeys(finding["code"] for finding in findings if finding["notice"]))
        lines.append(
            f"| {each['name']} | {len(each['result'].get('plan', []))} | "
            f"{each['result'].get('rows', 0):,} | {each['status']} | "
            f"{stopping or '-'} | {notices or '-'} |"
        )
    return [*lines, ""]


def _findings(releases: Sequence[Release], used: set[tuple[str, str]]) -> list[str]:
    lines = []
    for release in releases:
        if not release["result"]:
            key = release["name"], COULD_NOT_RUN
            used.add(key)
            said = _plain(release["errors"].splitlines()[-1])
            lines += [
                f"- **{release['name']}: {COULD_NOT_RUN}**. {said}.",
                f"  {REMARKS.get(key, 'Not checked.')}",
            ]
        for finding in _stopping(release):
            used.add(_key(finding))
            table = f" `{finding['table'].removeprefix('public.')}`" if finding["table"] else ""
            evidence = "; ".join(str(fact) for fact in finding["evidence"][:SHOWN])
            lines += [
                f"- **{finding['migration']}: {finding['code']}**{table}. {_plain(evidence)}.",
                f"  {REMARKS.get(_key(finding), 'Not checked.')}",
            ]
    return lines


def _stopping(release: Release) -> list[Mapping[str, Any]]:
    return [finding for finding in release["result"].get("findings", []) if not finding["notice"]]


def _key(finding: Mapping[str, Any]) -> tuple[str, str]:
    return finding["migration"], finding["code"]


def _plain(text: str) -> str:
    """Keep text from being read as Markdown, on one line."""
    return " ".join(text.replace("|", "\\|").replace("_", "\\_").replace("<", "&lt;").split())
