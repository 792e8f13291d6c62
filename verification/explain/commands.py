"""The command ``explain``: what a finding means, and what to do instead."""

import argparse
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, Final

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from ..command_line import PACKAGE
from ..errors import EQUAL, CannotRun

SUFFIX: Final = ".md"


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("explain")
    parser.add_argument(
        "code", nargs="?", default="", metavar="CODE", help="a finding's code; without it all are listed"
    )
    parser.set_defaults(handler=_explain)


def pages() -> Mapping[str, str]:
    """Return code -> its page, in Markdown."""
    folder = files(__package__).joinpath("pages")
    found = {each.name.removesuffix(SUFFIX): each for each in folder.iterdir() if each.name.endswith(SUFFIX)}
    return {code: found[code].read_text(encoding="utf-8") for code in sorted(found)}


def first_line(page: str) -> str:
    """Return what a page says in one sentence: the paragraph below its heading."""
    return " ".join(page.split("\n\n", 2)[1].split())


def _explain(arguments: argparse.Namespace) -> int:
    known = pages()
    code = arguments.code.removeprefix("deploy.")
    out = Console()
    if not code:
        listed = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for name, page in known.items():
            listed.add_row(name, first_line(page))
        out.print(listed)
    elif code not in known:
        near = get_close_matches(code, known, 1)
        raise CannotRun(
            f"no finding has the code {arguments.code!r}" + (f"; is it {near[0]!r}?" if near else ""),
            f"python -m {PACKAGE} explain lists them",
        )
    elif out.is_terminal:
        out.print(Markdown(known[code]))
    else:
        print(known[code], end="")  # noqa: T201 - a file gets the page as it is
    return EQUAL
