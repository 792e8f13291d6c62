"""Draw the imports between rooms into docs/architecture.md; ``--check`` fails if the page is not current."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import grimp

PAGE: Final = Path(__file__).parents[1] / "docs" / "architecture.md"
LEFT_OUT: Final = ("verification.tests", "payments.migrations")
"""Packages that are not drawn, with all that is in them."""
PICTURES: Final = {
    "verification": ("verification",),
    "payments": ("payments",),
}
"""Name of a picture -> the packages whose direct children are its rooms."""


def arrows(packages: Iterable[str]) -> list[tuple[str, str]]:
    """Return the imports between the direct children of packages, each pair once, sorted by name."""
    drawn = set()
    for package in packages:
        graph = grimp.build_graph(package, cache_dir=None)
        for importer in graph.modules:
            for imported in graph.find_modules_directly_imported_by(importer):
                pair = _room(importer, package), _room(imported, package)
                if pair[0] != pair[1] and not any(name.startswith(LEFT_OUT) for name in (importer, imported)):
                    drawn.add(pair)
    return sorted((importer, imported) for importer, imported in drawn if importer and imported)


def picture(packages: Iterable[str]) -> str:
    """Return a Mermaid flow chart: an arrow leads from the importer to what it imports."""
    pairs = _without_shortcuts(arrows(packages))
    return "\n".join(["```mermaid", "flowchart TD", *(f"    {a} --> {b}" for a, b in pairs), "```"])


def page() -> str:
    """Return docs/architecture.md with its pictures drawn again."""
    text = PAGE.read_text(encoding="utf-8")
    for name, packages in PICTURES.items():
        before, mark, rest = text.partition(f"<!-- imports of {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}{picture(packages)}\n{end}{after}"
    return text


def _room(module: str, package: str) -> str:
    """Return the direct child of a package that holds a module; empty for the package itself."""
    return module.removeprefix(package).strip(".").split(".")[0]


def _without_shortcuts(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out an arrow where others already lead from its start to its end."""

    def reachable(start: str, without: tuple[str, str]) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            here = waiting.pop()
            following = {b for a, b in pairs if a == here and (a, b) != without} - seen
            seen |= following
            waiting += following
        return seen

    return [pair for pair in pairs if pair[1] not in reachable(pair[0], pair)]


def main() -> int:
    """Write the page, or tell whether it is current."""
    parser = argparse.ArgumentParser(prog="python -m tools.import_map", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; status 1 if the page is not current"
    )
    arguments = parser.parse_args()
    sys.path.insert(0, str(PAGE.parents[1] / "coffee_payment"))
    drawn = page()
    if arguments.check:
        if drawn == PAGE.read_text(encoding="utf-8"):
            return 0
        print(f"{PAGE}: not current; run python -m tools.import_map", file=sys.stderr)
        return 1
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
