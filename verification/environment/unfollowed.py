"""Where the parser sees that a variable may be read, and cannot say how: it must not call such a variable unread."""

import ast
from collections.abc import Iterator
from typing import Final

LIBRARIES: Final = frozenset(
    {
        "configurations",
        "confz",
        "dynaconf",
        "envparse",
        "everett",
        "goodconf",
        "omegaconf",
        "prettyconf",
        "starlette.config",
        "typed_settings",
    }
)
"""Libraries that read variables in ways that are not followed."""


def mentions(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """Return each text that is an argument of a call or a key: text, line, what it is given to."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                for argument in [*arguments, *(keyword.value for keyword in keywords)]:
                    match argument:
                        case ast.Constant(value=str(text)):
                            yield text, node.lineno, f"{ast.unparse(function)}(...)"
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(text))):
                yield text, node.lineno, f"{ast.unparse(owner)}[...]"


def values_of_dicts(tree: ast.Module, name: ast.expr | None) -> Iterator[str]:
    """Return the texts under the same key in dicts of a module: ``os.getenv(task["variable"])`` reads one of them."""
    match name:
        case ast.Subscript(slice=ast.Constant(value=str(wanted))):
            dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
        case _:
            return
    for key, value in (pair for each in dicts for pair in zip(each.keys, each.values, strict=True)):
        match key, value:
            case ast.Constant(value=text), ast.Constant(value=str(held)) if text == wanted:
                yield held


def unfollowed_libraries(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Return the imports of libraries that are not followed, and fields of pydantic-settings within fields."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                names = [module]
            case ast.keyword(arg="env_nested_delimiter", value=value):
                yield "env_nested_delimiter of pydantic-settings", value.lineno
                continue
            case _:
                continue
        for name in names:
            if name in LIBRARIES or name.partition(".")[0] in LIBRARIES:
                yield name, node.lineno


def compared_texts(tree: ast.Module) -> set[str]:
    """Return the texts that a module compares with something: ``== "True"``, ``in ("1", "yes")``, ``case "on"``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                sides: list[ast.AST] = [left, *comparators]
            case ast.MatchValue(value=value):
                sides = [value]
            case _:
                continue
        for side in sides:
            parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
            found |= {
                part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return found
