"""Loops over literals: ``for name in ("A", "B")``, ``{key: os.environ[key] for key in KEYS}``."""

import ast
from collections.abc import Iterator, Mapping, Sequence

Turn = Mapping[str, ast.expr]
"""What the names of a loop stand for in one turn."""


def turns(
    node: ast.expr,
    wanted: ast.expr | None,
    parents: Mapping[ast.AST, ast.AST],
    constants: Mapping[str, ast.expr],
) -> list[Turn]:
    """Return the turns of the loops around ``node`` that give the names in ``wanted``; one empty turn: none does.

    ``parents``: node -> the node above it; ``constants``: name of the module -> its value.
    """
    names = {each.id for each in ast.walk(wanted) if isinstance(each, ast.Name)} if wanted else set()
    found: list[Turn] = [{}]
    above = parents.get(node)
    while above is not None and names:
        for target, iterated in _loops(above):
            own = [turn for turn in _turns(target, _items(iterated, constants)) if names & turn.keys()]
            if own:
                found = [{**outer, **inner} for outer in own for inner in found]
        above = parents.get(above)
    return found


def _loops(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.For(target=target, iter=iterated):
            yield target, iterated
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for each in node.generators:
                yield each.target, each.iter


def _items(iterated: ast.expr, constants: Mapping[str, ast.expr]) -> Sequence[ast.expr]:
    match iterated:
        case ast.Name(id=name) if name in constants:
            return _items(constants[name], {})
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return elements
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.Call(func=ast.Attribute(value=ast.Dict(keys=keys, values=values), attr="items")):
            pairs = zip(keys, values, strict=True)
            return [ast.Tuple(elts=[key, value]) for key, value in pairs if key is not None]
        case _:
            return ()


def _turns(target: ast.expr, items: Sequence[ast.expr]) -> Iterator[Turn]:
    for item in items:
        match target, item:
            case ast.Name(id=name), _:
                yield {name: item}
            case ast.Tuple(elts=targets), ast.Tuple(elts=parts) | ast.List(elts=parts):
                yield {
                    each.id: part
                    for each, part in zip(targets, parts, strict=False)
                    if isinstance(each, ast.Name)
                }
