"""The command ``explain``: what a finding means, and what to do instead."""

import argparse
import ast
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, Final

from rich.markdown import Markdown
from rich.table import Table

from ..command_line import PACKAGE
from ..consoles import console
from ..errors import EQUAL, CannotRun
from ..report.rules import rules

SUFFIX: Final = ".md"


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("explain")
    parser.add_argument(
        "code",
        nargs="?",
        default="",
        metavar="CODE",
        help="the code of a finding, or the rule that a report names; without it all are listed",
    )
    parser.set_defaults(handler=_explain)


def pages() -> Mapping[str, str]:
    """Return code -> its page, in Markdown."""
    folder = files(__package__).joinpath("pages")
    found = {each.name.removesuffix(SUFFIX): each for each in folder.iterdir() if each.name.endswith(SUFFIX)}
    return {code: found[code].read_text(encoding="utf-8") for code in sorted(found)}


def pages_of_rules() -> Mapping[str, str]:
    """Return rule -> what the reports know of it, as a page."""
    checks = _checks()
    return {
        name: f"# {name}\n\n{rule.what or checks[name]}\n\n## Why it matters\n\n{rule.why}\n\n"
        f"## What to do\n\n{rule.remedy[0].upper()}{rule.remedy[1:]}.\n"
        for name, rule in rules().items()
    }


def _checks() -> Mapping[str, str]:
    """Return check -> the first line of its docstring, read without importing what a run needs."""
    found = {}
    for module in files(PACKAGE).joinpath("suite").iterdir():
        if module.name.startswith("test_"):
            area = module.name.removesuffix(".py").split("_")[1]
            for node in ast.parse(module.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    name = node.name.removeprefix("test_").removeprefix(f"{area}_")
                    found[f"{area}.{name}"] = (ast.get_docstring(node) or name).splitlines()[0]
    return found


def first_line(page: str) -> str:
    """Return what a page says in one sentence: the paragraph below its heading."""
    return " ".join(page.split("\n\n", 2)[1].split())


def _explain(arguments: argparse.Namespace) -> int:
    known = {**pages(), **pages_of_rules()}
    code = arguments.code if arguments.code in known else arguments.code.removeprefix("deploy.")
    out = console()
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
