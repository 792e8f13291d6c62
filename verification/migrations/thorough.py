"""Every way to the squash but the empty database: partial states, the switch, the way back."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from verification.migrations import partial, prune, rollback, upgrade
from verification.migrations.apply import Applier
from verification.migrations.chains import Chain, Squash
from verification.schema.difference import Difference

LARGE: Final = 10_000
"""Rows from which a table is large: an ACCESS EXCLUSIVE lock on it is an outage worth a flag."""


@dataclass
class Thorough:
    """What was found on all of these ways for one squash."""

    squash: Squash
    upgrades: list[upgrade.Upgrade]
    way_back: list[rollback.BackwardStep]
    succession: prune.Succession

    @property
    def differences(self) -> list[Difference]:
        """Everything that is not as it should be."""
        return [each for _, _, differences in self.sections() for each in differences]

    def sections(self) -> Iterator[tuple[str, list[str], list[Difference]]]:
        """Give title, remarks and findings of each way."""
        ups = self.upgrades
        yield (
            f"{len(ups)} partial states upgraded ({sum(each.rows for each in ups)} rows)",
            [f"from {each.migration or 'none'}: {each.refused}" for each in ups if each.refused],
            [difference for each in ups for difference in each.differences],
        )
        yield (
            "all originals applied: the squash runs nothing, and the originals can go",
            [],
            [*self.succession.switched, *self.succession.pruned],
        )
        yield (
            f"{sum(step.reversible for step in self.way_back)} of {len(self.way_back)} originals undone",
            [
                f"{step.migration} cannot be undone: {step.reason}"
                for step in self.way_back
                if not step.reversible
            ],
            [difference for step in self.way_back for difference in step.differences],
        )

    def to_json(self) -> dict[str, Any]:
        """Give what ``--thorough`` adds to the squash's entry."""
        return {
            "upgrades": [
                {
                    "from": each.migration,
                    "rows": each.rows,
                    "applied": each.applied,
                    "refused": each.refused,
                    "rewritten": dict(each.rewritten),
                    "differences": [difference.to_json() for difference in each.differences],
                }
                for each in self.upgrades
            ],
            "switch": [each.to_json() for each in self.succession.switched],
            "prune": [each.to_json() for each in self.succession.pruned],
            "rollback": [
                {
                    "migration": step.migration,
                    "reversible": step.reversible,
                    "reason": step.reason,
                    "differences": [difference.to_json() for difference in step.differences],
                }
                for step in self.way_back
            ],
        }


def examine(applier: Applier, squash: Squash, chain: Chain, rows: upgrade.Rows) -> Thorough:
    """Go every way for one squash. ``chain``: that of its originals."""
    ladder = partial.climb(applier, squash, chain)
    # The longest first, so that the last to end is a short one.
    back, succession, *ups = applier.together(
        lambda: rollback.roll_back(applier, ladder),
        lambda: prune.succeed(applier, ladder, rows),
        *(functools.partial(upgrade.upgrade, applier, ladder, state, rows) for state in ladder.states),
    )
    return Thorough(squash, ups, back, succession)
