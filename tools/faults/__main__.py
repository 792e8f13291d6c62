"""``python -m tools.faults``: put each fault into a copy of the project and see which check of the gate tells of it.

Exit status: 0 every fault was seen and every harmless change was not, 1 otherwise.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from tools.faults import chain, contract, environment, purity, readme, transport
from tools.faults.run import run

TABLES: Final = {
    module.__name__.rpartition(".")[2]: module.FAULTS
    for module in (purity, contract, transport, environment, readme, chain)
}


def main() -> int:
    """Run the faults that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("area", nargs="*", help=f"of {', '.join(TABLES)}; all by default")
    parser.add_argument("-k", default="", metavar="TEXT", help="only faults with this text in their name")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at a time")
    parser.add_argument("--provider", default="embedded")
    parser.add_argument("--whole", action="store_true", help="run every check for each fault")
    parser.add_argument("--list", action="store_true", help="name the faults and run none")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.area) - TABLES.keys()):
        parser.error(f"no area {unknown[0]}; there are {', '.join(TABLES)}")
    faults = [
        fault for area in arguments.area or TABLES for fault in TABLES[area] if arguments.k in fault.name
    ]
    if arguments.list:
        print(*(f"{fault.caught_by or 'harmless':32} {fault.name}" for fault in faults), sep="\n")
        return 0
    outcomes = []
    for outcome in run(
        faults,
        root=Path.cwd(),
        jobs=arguments.jobs,
        provider=arguments.provider,
        whole=arguments.whole,
    ):
        print(outcome.line, flush=True)
        outcomes.append(outcome)
    real = [outcome for outcome in outcomes if outcome.fault.caught_by]
    caught, silent = (
        sum(outcome.expected for outcome in group)
        for group in (real, [outcome for outcome in outcomes if not outcome.fault.caught_by])
    )
    print(
        f"{caught} of {len(real)} faults seen, {silent} of {len(outcomes) - len(real)} harmless changes silent"
    )
    return 0 if all(outcome.expected for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
