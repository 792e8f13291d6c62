"""Play all mutations before this project's reader and its peers, and write the page of who saw what."""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from tools.peers.page import page
from tools.peers.trial import play
from verification.errors import CannotRun

PAGE: Final = Path(__file__).with_name("results.md")


def main() -> int:
    """Play, write, and end with 1 when this project itself missed something or raised a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tools.peers", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes, each with a server (default: 2)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=15,
        help="when they are up, the rest of the cases is left out (default: 15)",
    )
    parser.add_argument("-o", "--output", type=Path, default=PAGE, help=f"default: docs/{PAGE.name}")
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        server, outcomes = play(arguments.workers, arguments.minutes * 60)
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
