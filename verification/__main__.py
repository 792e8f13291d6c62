"""The command line: ``python -m verification COMMAND``.

Exit status: 0 all good or equal, 1 a check failed or schemas differ, 2 could not run (the reason
on stderr in one line).
"""

import argparse
import io
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Final, NoReturn

from .command_line import PACKAGE, join_kinds
from .errors import CANNOT_RUN, EQUAL, CannotRun
from .extras import DISTRIBUTION, installed_version, require

COMMANDS: Final = {
    "init": ("adoption", "look at the project in this folder and write [tool.verification]"),
    "doctor": ("adoption", "which providers of PostgreSQL work here, and what each check still needs"),
    "run": ("suite", "run the gate; further arguments go to pytest"),
    "diff": ("schema", "two databases or snapshots: every difference of their schemas"),
    "snapshot": ("schema", "write a database's schema to a file"),
    "squash": ("migrations", "original chains against squashed chains, on a real server"),
    "drift": ("migrations", "a live database against what its migrations say it should be"),
    "deploy": ("deploy", "run this branch's new migrations on rows, beside the code of a revision"),
    "explain": ("explain", "what the code of a finding means, with a bad and a good example"),
    "env": (
        "environment",
        "compare the variables that the settings read with those that the README documents",
    ),
    "report": ("report", "draw the HTML page of a result file"),
}
"""Command -> the package whose module ``commands`` has it, and its line in the help. Only that package is imported."""

COMPARING: Final = frozenset({"diff", "squash", "drift"})
"""Commands whose ``--ignore`` names kinds of objects; for ``run`` it is pytest's."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise ``CannotRun``, which ends the command with status 2."""
        raise CannotRun(message, f"see {self.prog} --help")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that takes longer than the rest of the start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"{DISTRIBUTION} {installed_version()}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Print what the terminal's encoding lacks as an escape, rather than fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    except CannotRun as error:
        from .report.redaction import redact

        # An argument in the wrong place may be a URL with a password.
        message = redact(" ".join(str(error).split()))
        print(f"verification: {message}", file=sys.stderr)
        if arguments[:1] == ["run"]:
            _record_failure(message)
        return CANNOT_RUN
    except KeyboardInterrupt:
        print("verification: interrupted; nothing was left running", file=sys.stderr)
        return CANNOT_RUN


def _record_failure(message: str) -> None:
    """Replace the reports of an earlier run of the gate."""
    from .suite.commands import record_failure

    with suppress(CannotRun):
        record_failure(message)


def _run(arguments: list[str]) -> int:
    completion = arguments[:1] == ["--print-completion"] and arguments[1:2]
    parser = Parser(
        prog=DISTRIBUTION if completion else f"python -m {PACKAGE}",
        description="Decide whether a Django project on PostgreSQL may be deployed.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument(
        "--print-completion", metavar="SHELL", help="print a script that completes commands in a shell"
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    if completion:
        return _print_completion(parser, subparsers, completion[0])
    command = next((argument for argument in arguments if not argument.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        raise CannotRun(f"unknown command {command!r}", f"see {parser.prog} --help")
    if command is None:
        for name, (_, line) in COMMANDS.items():
            subparsers.add_parser(name, help=line)
    else:
        import_module(f".{COMMANDS[command][0]}.commands", PACKAGE).register(subparsers)
    if command in COMPARING:
        arguments = join_kinds(arguments)
    parsed, rest = parser.parse_known_args(arguments)
    if rest and not getattr(parsed, "takes_rest", False):
        raise CannotRun(f"unknown argument {rest[0]!r}", f"see {parser.prog} {command or ''} --help")
    parsed.rest = rest
    status = parsed.handler(parsed)
    assert isinstance(status, int)  # noqa: S101 - every handler returns an exit status
    return status


def _print_completion(parser: Parser, subparsers: "argparse._SubParsersAction[Parser]", shell: str) -> int:
    require("completion", "--print-completion")
    import shtab

    if shell not in shtab.SUPPORTED_SHELLS:
        raise CannotRun(
            f"--print-completion {shell}: unknown", f"choose one of {', '.join(shtab.SUPPORTED_SHELLS)}"
        )
    for package in dict.fromkeys(package for package, _ in COMMANDS.values()):
        import_module(f".{package}.commands", PACKAGE).register(subparsers)
    print(shtab.complete(parser, shell))
    return EQUAL


class _Interrupted(KeyboardInterrupt):
    """Ctrl-C. After a plain ``KeyboardInterrupt`` in ``exec``, as of a dataclass, Python ends by the signal itself."""


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Interrupted


def command_line() -> NoReturn:
    """Run the command of this process and exit."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    sys.exit(main())


if __name__ == "__main__":
    command_line()
