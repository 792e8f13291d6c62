"""Defaults in the source: from an expression to the text that the variable would hold."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Default:
    """The default of a read; ``text`` None: it has none."""

    text: str | None = None
    computed: bool = False
    otherwise: str | None = None
    """What stands in the place of the variable where a condition of another kind keeps it from being read."""


NONE = Default()


def render(  # noqa: C901, PLR0911, PLR0912 - one case for each form
    node: ast.expr | None, constants: Mapping[str, ast.expr]
) -> Default:
    """Return the default that an expression stands for.

    ``constants`` are the module's top-level names. A list becomes a comma-separated text; an f-string
    keeps the names in it (``https://{HOST}`` -> ``https://HOST``); anything that cannot be read from the
    source is returned as its source, marked ``computed``.
    """
    match node:
        case None | ast.Constant(value=None):
            return NONE
        case ast.Constant(value=value):
            return Default(value.decode() if isinstance(value, bytes) else str(value))
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [render(element, constants) for element in elements]
            return _joined(node, parts, ",")
        case ast.Dict(keys=[]):
            return Default("")
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return Default(str(-value))
        case ast.BinOp() if (number := _number(node)) is not None:
            return Default(f"{number:g}" if isinstance(number, float) else str(number))
        case ast.JoinedStr(values=values):
            return Default("".join(_piece(value) for value in values))
        case ast.Call(func=ast.Name(id="str" | "int" | "float" | "bool"), args=[inner], keywords=[]):
            return render(inner, constants)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [render(left, constants), render(right, constants)]
            if any(isinstance(getattr(side, "value", None), int | float) for side in (left, right)):
                return Default(ast.unparse(node), computed=True)
            return _joined(node, parts, "")
        case ast.IfExp(body=body, orelse=orelse):
            branches = [render(body, constants), render(orelse, constants)]
            texts = [branch for branch in branches if branch.text and not branch.computed]
            return texts[0] if len(texts) == 1 else Default(ast.unparse(node), computed=True)
        case ast.Name(id=name) if name in constants:
            rest = {key: value for key, value in constants.items() if key != name}
            return render(constants[name], rest)
        case _:
            return Default(ast.unparse(node), computed=True)


def _number(node: ast.expr) -> int | float | None:
    """Return the value of an expression of numbers, such as ``24 * 3600``; None: it is none."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            values = _number(left), _number(right)
            if values[0] is None or values[1] is None:
                return None
            try:
                result: int | float = _OPERATORS[type(sign)](*values)
            except (ArithmeticError, ValueError):
                return None
            return result
        case _:
            return None


_OPERATORS: Final[Mapping[type[ast.operator], Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def _joined(node: ast.expr, parts: list[Default], separator: str) -> Default:
    if any(part.computed or part.text is None for part in parts):
        return Default(ast.unparse(node), computed=True)
    return Default(separator.join(part.text or "" for part in parts))


def _piece(value: ast.expr) -> str:
    match value:
        case ast.Constant(value=text):
            return str(text)
        case ast.FormattedValue(value=inner):
            return ast.unparse(inner)
        case _:
            return ast.unparse(value)


def constants_of(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the names that a module assigns exactly once, at its top level, to a literal."""
    values: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if name in values:
            twice.add(name)
        values[name] = value
    return {
        name: value
        for name, value in values.items()
        if name not in twice and not render(value, {}).computed and not isinstance(value, ast.JoinedStr)
    }
