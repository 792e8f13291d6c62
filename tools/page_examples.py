"""Runs the examples of the pages of ``explain`` and writes what they print into the pages.

python -m tools.page_examples [CODE ...]
"""

import sys
import tempfile
from pathlib import Path

from verification.deploy.finding import CODES
from verification.postgres import providers
from verification.tests.deploy.page_examples import rewrite
from verification.tests.deploy.store import store


def main() -> None:
    """Rewrite the pages that are named, or all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        providers.start("embedded") as server,
        store(server, Path(folder)) as shop,
    ):
        for code in sys.argv[1:] or CODES:
            print(f"{code}: {'written' if rewrite(code, shop) else 'as before'}", flush=True)


if __name__ == "__main__":
    main()
