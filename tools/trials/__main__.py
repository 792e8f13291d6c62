"""``python -m tools.trials``: run the gate on odd machines and under faults.

Exit status: 0 every trial ended as it must, 1 otherwise.
"""

import argparse
import os
import sys

from tools.trials.run import run
from tools.trials.table import TRIALS


def main() -> int:
    """Run the trials, one at a time."""
    parser = argparse.ArgumentParser(prog="python -m tools.trials", description=__doc__)
    parser.add_argument("-k", default="", metavar="TEXT", help="only trials with this text in their name")
    parser.add_argument("--provider", default="embedded")
    parser.add_argument("--list", action="store_true", help="name the trials and run none")
    arguments = parser.parse_args()
    trials = [trial for trial in TRIALS if arguments.k in trial.name]
    if arguments.list:
        print(*(f"{trial.status}  {trial.name}" for trial in trials), sep="\n")
        return 0
    failed = 0
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    for outcome in (run(trial, arguments.provider) for trial in trials):
        failed += bool(outcome.problems)
        verdict = "FAILED" if outcome.problems else "ok"
        print(
            f"{verdict:6}  {outcome.seconds:6.1f} s  status {outcome.status}  {outcome.trial.name}",
            flush=True,
        )
        for problem in outcome.problems:
            print(f"        {problem}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
