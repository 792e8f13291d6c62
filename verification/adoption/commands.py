"""The commands ``init``, which writes ``[tool.verification]``, and ``doctor``, which says what is missing."""

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..command_line import PACKAGE
from ..errors import CANNOT_RUN, EQUAL, CannotRun
from ..extras import require
from ..words import fitting

if TYPE_CHECKING:
    from rich.console import Console

TABLE: Final = "[tool.verification]"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    init = subparsers.add_parser("init", description=f"Look at the project in this folder and write {TABLE}.")
    init.add_argument(
        "--settings", default="", metavar="MODULE", help="the settings module (default: manage.py's)"
    )
    init.add_argument(
        "--print", action="store_true", dest="only_print", help="print the table, write nothing"
    )
    init.add_argument("--force", action="store_true", help=f"replace a {TABLE} that is there")
    init.set_defaults(handler=_init)
    doctor = subparsers.add_parser(
        "doctor", description="Say what works here, and what each check still needs."
    )
    doctor.add_argument("--dsn", help="also try this server, as provider 'existing'")
    doctor.set_defaults(handler=_doctor)


def _init(arguments: argparse.Namespace) -> int:
    require("run", f"{PACKAGE} init")
    from .discovery import discover

    root = Path.cwd()
    file = root / "pyproject.toml"
    text = _text(file)
    try:
        known = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(f"{file}: not valid TOML ({error})", "fix the file") from None
    old = known.get("tool", {}).get("verification")
    if old is not None and not (arguments.force or arguments.only_print):
        raise CannotRun(f"{file}: has {TABLE} already", "--print shows a new one, --force replaces it")
    found = discover(root, settings=arguments.settings, environment=_environment(old))
    if arguments.only_print:
        print(written("", found.table), end="")  # noqa: T201 - for a file
        return EQUAL
    _write(file, written(text, found.table))
    lines = [f"  {line}" for line in found.found] + [f"- {line}" for line in found.absent]
    for line in (*lines, f"wrote {TABLE} of {file.name}; next: python -m {PACKAGE} run"):
        print(fitting(line))  # noqa: T201 - for people
    return EQUAL


def _environment(table: Any) -> dict[str, str]:
    """Return the variables of a table that is replaced; a value that is no text is left out."""
    named = table.get("environment") if isinstance(table, dict) else None
    pairs = named.items() if isinstance(named, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, str)}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{file}: cannot be read ({error})", "fix the file") from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{file}: cannot be written ({error.strerror})", "--print shows the table") from None


def written(text: str, table: dict[str, Any]) -> str:
    """Return a pyproject.toml with this table; everything else in it stays as it is."""
    import tomlkit

    document = tomlkit.parse(text)
    new = tomlkit.table()
    for key, value in table.items():
        new.add(key, value)
    if "tool" not in document:
        document.add("tool", tomlkit.table(is_super_table=True))
    tool: Any = document["tool"]
    if "verification" in tool:
        del tool["verification"]
    tool["verification"] = new
    return tomlkit.dumps(document)


def _doctor(arguments: argparse.Namespace) -> int:
    """Try every provider, and ask for each subject. Return 0 if a server can be started, else 2."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from ..consoles import console as standard
    from ..postgres import providers

    with Console(stderr=True).status("trying every provider"):
        diagnoses = providers.diagnose(arguments.dsn)
    console = standard()
    servers = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("provider", "works", "why", "versions"):
        servers.add_column(column, overflow="fold", no_wrap=column == "provider")
    for diagnosis in diagnoses:
        works = "[green]yes[/green]" if diagnosis.works else "[red]no[/red]"
        versions = escape(", ".join(diagnosis.versions))
        servers.add_row(diagnosis.provider, works, escape(diagnosis.reason), versions)
    console.print(servers)
    for diagnosis in diagnoses:
        if diagnosis.advice:
            console.print(f"for {diagnosis.provider}: {escape(diagnosis.advice)}", highlight=False)
    choice = providers.choose(dsn=arguments.dsn)
    console.print(f"auto uses: {choice.provider} ({escape(choice.reason)})", highlight=False)
    console.print()
    try:
        require("run", "the gate")
    except CannotRun as error:
        console.print(str(error), markup=False)
    else:
        _show_subjects(console)
    return EQUAL if any(diagnosis.works for diagnosis in diagnoses) else CANNOT_RUN


def _show_subjects(console: "Console") -> None:
    """Print a line for each subject, and below it what to do."""
    from rich.markup import escape
    from rich.padding import Padding

    from .missing import missing

    console.print(f"[bold]{'subject':<17} there  checks[/bold]")
    for each in missing(Path.cwd()):
        colour = "green" if each.there else "red" if each.required else "default"
        there = f"[{colour}]{'yes' if each.there else 'no':<5}[/{colour}]"
        console.print(f"{each.subject:<17} {there}  {escape(each.checks)}", highlight=False)
        if each.advice:
            console.print(
                Padding(escape(each.advice), (0, 0, 0, 4), expand=False), style="dim", highlight=False
            )
