"""Texts that mean the same under an option; one function for each rule."""

import re
from collections.abc import Callable
from typing import Final

from ..model.meaning import Meaning
from ..model.objects import Value
from .options import Options
from .renames import map_texts

ARRAY_CAST: Final = re.compile(r"\(ARRAY\[([^\[\]]*)\]\)::([\w. ]+(?:\(\d+\))?)\[\]")
"""``(ARRAY['a'::character varying])::text[]``: an IN list before a dump and restore."""
LIST: Final = re.compile(r"ARRAY\[([^\[\]]*)\]")
ITEM: Final = re.compile(r"""(?:[^,'"()]|'(?:[^']|'')*'|"(?:[^"]|"")*"|\((?:[^()']|'(?:[^']|'')*')*\))+""")
SPACE: Final = re.compile(r"\s+")


def restored_spelling(text: str) -> str:
    """Return IN lists as PostgreSQL prints them after a dump and restore: with the cast at each element."""

    def at_elements(match: re.Match[str]) -> str:
        items = ", ".join(f"({item.strip()})::{match[2]}" for item in ITEM.findall(match[1]))
        return f"ARRAY[{items}]"

    return ARRAY_CAST.sub(at_elements, text)


def sorted_lists(text: str) -> str:
    """Return a text with the elements of each array sorted."""
    return LIST.sub(
        lambda match: f"ARRAY[{', '.join(sorted(i.strip() for i in ITEM.findall(match[1])))}]", text
    )


def same(meaning: Meaning, left: Value, right: Value, options: Options) -> bool:
    """Return whether two values of an attribute are the same under the options."""
    for change in _changes(meaning, options):
        left, right = map_texts(left, change), map_texts(right, change)
    if options.list_order and meaning.unordered and isinstance(left, tuple) and isinstance(right, tuple):
        return sorted(map(str, left)) == sorted(map(str, right))
    return left == right


def _changes(meaning: Meaning, options: Options) -> list[Callable[[str], str]]:
    changes: list[Callable[[str], str]] = []
    if options.body_whitespace and meaning.body:
        changes.append(lambda text: SPACE.sub(" ", text).strip())
    if not meaning.body:
        if options.deparse_spelling:
            changes.append(restored_spelling)
        if options.list_order:
            changes.append(sorted_lists)
    return changes
