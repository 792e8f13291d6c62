"""What the deploy gate says of each case."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from verification.deploy.finding import FAMILIES, Finding
from verification.postgres import providers
from verification.tests.deploy import store as stores
from verification.tests.deploy.store import Case

from .cases import AFTER, MORE

PARTS_OF: Final = {
    **dict.fromkeys(FAMILIES["traffic"], "traffic"),
    **dict.fromkeys(FAMILIES["concurrency"], "race"),
    "deadlock": "deadlock",
    "not-reversible": "way back",
    "reverse-differs": "way back",
}
"""Code -> the part that is tried for it; cost, both codes and interruptions are tried for each case."""


def judge(cases: Sequence[Case], provider: str = "embedded") -> Iterator[tuple[Case, list[Finding]]]:
    """Yield each case with its findings."""
    stores.CHANGE = "0003_change.py"
    more = {f"goods/migrations/{AFTER}.py": MORE}
    with (
        tempfile.TemporaryDirectory() as folder,
        providers.start(provider) as server,
        stores.store(server, Path(folder), more) as shop,
    ):
        for case in cases:
            parts = {"compatibility", *(PARTS_OF[code] for code in case.codes if code in PARTS_OF)}
            if not case.atomic:
                parts.add("interruption")
            yield case, shop.judge(case, *parts).findings
