"""The options that several commands have.

Use the parsers as ``parents=[...]`` of a command's own parser.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PACKAGE: Final = str(__package__)
"""The name under which the harness is imported: `verification` in a checkout, that of the wheel elsewhere."""
PLUGIN: Final = "django_postgres_verification.pytest_plugin"
"""The entry point by which pytest finds the plugin, in an editable installation too."""
IGNORE: Final = "--ignore"
OPTIONS: Final = {
    "generated-names": "constraints, indexes and sequences that mean the same are equal whatever their names",
    "list-order": "ignore the order in IN lists and in INCLUDE",
    "body-whitespace": "ignore white space in bodies of functions",
    "unique-index-as-constraint": "a unique constraint equals a unique index with the same properties",
    "deparse-spelling": "IN lists before and after a dump and restore are equal in snapshot files too "
    "(of databases PostgreSQL is asked in any case)",
}
"""The exceptions from equality that are on or off, as ``comparison.options`` has them."""


def server_options() -> argparse.ArgumentParser:
    """Return the options that choose a PostgreSQL server."""
    from .postgres.providers import PROVIDERS

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
        "--column-order", choices=("information", "difference", "ignore"), default="information"
    )
    for name, text in OPTIONS.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    return parser


def join_kinds(arguments: Sequence[str]) -> list[str]:
    """Join the words after ``--ignore`` to one, which is what argparse takes.

    A database or a file is none of them, so that ``--ignore KIND KIND LEFT RIGHT`` leaves the command its arguments.
    """
    joined: list[str] = []
    in_ignore = False
    for word in arguments:
        if word.startswith("-"):
            in_ignore = word.partition("=")[0] == IGNORE
        elif in_ignore and joined[-1] == IGNORE:
            pass  # the option's own word, whatever it is
        elif in_ignore and "/" not in word and not Path(word).is_file():
            joined[-1] += f",{word}"
            continue
        else:
            in_ignore = False
        joined.append(word)
    return joined
