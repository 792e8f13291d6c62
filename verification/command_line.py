"""What the commands share: exit statuses, and the options that several of them have.

Use the parsers as ``parents=[...]`` of a command's own parser.
"""

import argparse
from collections.abc import Sequence
from typing import Final

EQUAL: Final = 0
"""All checks passed, or the schemas are equal."""
DIFFERS: Final = 1
"""A check failed, or the schemas differ."""
CANNOT_RUN: Final = 2
"""The command could not do what was asked; the reason is one line on stderr."""

IGNORE: Final = "--ignore"


def server_options() -> argparse.ArgumentParser:
    """Return the options that choose a PostgreSQL server."""
    from verification.postgres.providers import PROVIDERS

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--provider", choices=PROVIDERS, default="auto", help="where PostgreSQL comes from")
    parser.add_argument(
        "--postgres", type=int, metavar="MAJOR", help="major version of PostgreSQL, such as 17"
    )
    parser.add_argument("--dsn", help="the server of provider 'existing', as a postgresql:// URL")
    return parser


def comparison_options() -> argparse.ArgumentParser:
    """Return the options that say which differences do not count."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        IGNORE,
        type=lambda text: text.split(","),
        action="extend",
        default=[],
        metavar="KIND",
        help="object classes (comment), attributes (owner) or both (table.owner) to omit: separated by commas, "
        "in several options, or as several words after all other arguments",
    )
    parser.add_argument(
        "--generated-names",
        action="store_true",
        help="constraints, indexes and sequences that mean the same are equal whatever their names",
    )
    return parser


def take_further_kinds(
    parsed: argparse.Namespace, arguments: Sequence[str], rest: Sequence[str]
) -> list[str]:
    """Add the second and later words after ``--ignore`` to its values; return what is left of ``rest``.

    ``rest`` holds the words that argparse could not place. The option itself takes one word, so that
    ``--ignore KIND LEFT RIGHT`` leaves the command its arguments.
    """
    if not hasattr(parsed, "ignore"):
        return list(rest)  # pytest has an option of this name too
    further: list[str] = []
    in_ignore = False
    for before, word in zip(["", *arguments], arguments, strict=False):
        if word.startswith("-"):
            in_ignore = word.partition("=")[0] == IGNORE
        elif in_ignore and before != IGNORE:
            further.append(word)
    left = list(rest)
    for word in further:
        if word in left:
            left.remove(word)
            parsed.ignore.extend(word.split(","))
    return left
