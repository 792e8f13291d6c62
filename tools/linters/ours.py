"""What the deploy gate says of each case."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from verification.deploy import suppressions
from verification.deploy.finding import FAMILIES, Finding
from verification.deploy.release import Release
from verification.postgres import providers
from verification.tests.deploy import store as stores
from verification.tests.deploy.store import Case

from .cases import AFTER, MORE
from .shapes import ACCEPTED, NEAR, TODAY

PARTS_OF: Final = {
    **dict.fromkeys(FAMILIES["traffic"], "traffic"),
    **dict.fromkeys(FAMILIES["compatibility"], "compatibility"),
    **dict.fromkeys(FAMILIES["concurrency"], "race"),
    "deadlock": "deadlock",
    "not-reversible": "way back",
    "reverse-differs": "way back",
}
"""Code -> the part that is tried for it, where plan and cost do not tell."""


def judge(
    cases: Sequence[Case],
    provider: str = "embedded",
    major: int | None = None,
    *,
    always: Collection[str] = ("compatibility", "way back"),
) -> Iterator[tuple[Case, list[Finding]]]:
    """Yield each case with its findings; ``always``: parts that are tried for each harmless one."""
    stores.CHANGE = "0003_change.py"
    more = {f"goods/migrations/{AFTER}.py": MORE}
    with (
        tempfile.TemporaryDirectory() as folder,
        providers.start(provider, major=major) as server,
        stores.store(server, Path(folder), more) as shop,
    ):
        for case in cases:
            release = shop.judge(case, *_parts(case, always))
            yield case, _accepted(case, release, shop)


def _parts(case: Case, always: Collection[str]) -> set[str]:
    """Return what the case's codes need, or those that it comes near, and interruptions where there may be some."""
    codes = {*case.codes, *(code for code, names in NEAR.items() if case.name in names)}
    parts = {PARTS_OF[code] for code in codes if code in PARTS_OF}
    if not case.codes:
        parts |= {*always}
    if not case.atomic or "not-retry-safe" in codes:
        parts.add("interruption")
    return parts


def _accepted(case: Case, release: Release, shop: stores.Store) -> list[Finding]:
    if case.name not in ACCEPTED:
        return release.findings
    code, migration, until = ACCEPTED[case.name]
    entry = suppressions.Suppression(code, migration, "at night", until, 1)
    return suppressions.apply(
        release.findings, [entry], TODAY, new=release.plan, applied=shop.base_files.keys()
    )
