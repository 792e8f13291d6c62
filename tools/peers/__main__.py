"""Ask this project and its peers about every mutation, and write a page of who detects what."""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from tools.peers.evaluation import evaluate
from tools.peers.page import page
from verification.errors import CannotRun

PAGE: Final = Path(__file__).parents[2] / "reports" / "peers.md"


def main() -> int:
    """Return 1 if this project missed a mutation or reported a harmless case."""
    parser = argparse.ArgumentParser(prog="python -m tools.peers", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes, each with a server (default: 2)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=15,
        help="stop after so many minutes and omit the remaining cases (default: 15)",
    )
    parser.add_argument("-o", "--output", type=Path, default=PAGE, help=f"default: reports/{PAGE.name}")
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        server, outcomes = evaluate(arguments.workers, arguments.minutes * 60)
    except CannotRun as error:
        print(f"verification: {error}", file=sys.stderr)
        return 2
    text, perfect = page(server, outcomes)
    arguments.output.write_text(text, encoding="utf-8")
    minutes, number = (time.monotonic() - began) / 60, sum(map(len, outcomes.values()))
    print(f"{arguments.output}: {number} cases in {minutes:.1f} minutes")
    return 0 if perfect else 1


if __name__ == "__main__":
    sys.exit(main())
