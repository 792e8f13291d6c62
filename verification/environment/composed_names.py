"""Names of variables that are put together: ``f"{name}_FILE"``, ``PREFIX + "KEY"``, ``"%s_FILE" % name``."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Composed:
    """A name with a text before and after it."""

    inner: ast.expr
    before: str = ""
    after: str = ""

    def around(self, name: ast.expr | None) -> ast.expr | None:
        """Return the same texts around another name, if that is a literal."""
        match name:
            case ast.Constant(value=str(text)):
                return ast.Constant(value=f"{self.before}{text}{self.after}")
            case _:
                return name


def composed(name: ast.expr | None, constants: Mapping[str, ast.expr]) -> ast.expr | Composed | None:
    """Return a literal if the whole name is known, the one unknown part with the texts around it, or the name itself.

    ``constants``: name of the module -> its value.
    """
    parts = _parts(name, constants) if name is not None else []
    unknown = [index for index, part in enumerate(parts) if not isinstance(part, str)]
    if not parts or (len(parts) == 1 and unknown) or len(unknown) > 1:
        return name
    if not unknown:
        return ast.Constant(value="".join(str(part) for part in parts))
    place = unknown[0]
    before, after = ("".join(str(part) for part in some) for some in (parts[:place], parts[place + 1 :]))
    inner = parts[place]
    assert isinstance(inner, ast.expr)  # noqa: S101 - the only part that is no text
    return Composed(inner, before, after)


def _parts(node: ast.expr, constants: Mapping[str, ast.expr]) -> list[str | ast.expr]:  # noqa: PLR0911 - a table
    """Return texts and what is not known, in order."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name) if isinstance(constants.get(name), ast.Constant):
            return [str(getattr(constants[name], "value", ""))]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_parts(left, constants), *_parts(right, constants)]
        case ast.JoinedStr(values=values):
            return [part for value in values for part in _parts(value, constants)]
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _parts(value, constants)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right) if (
            text.count("%s") == 1
        ):
            return _around(text.split("%s"), right, constants)
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), args=[argument]
        ) if text.count("{}") == 1:
            return _around(text.split("{}"), argument, constants)
        case _:
            return [node]


def _around(texts: list[str], node: ast.expr, constants: Mapping[str, ast.expr]) -> list[str | ast.expr]:
    return [part for part in (texts[0], *_parts(node, constants), texts[1]) if part != ""]
