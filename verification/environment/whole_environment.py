"""Places where a module takes the whole of ``os.environ``, and not one variable by its name."""

import ast
from collections.abc import Iterator, Mapping

from .environ_aliases import READERS, WRITERS, EnvironAliases


def whole_reads(
    tree: ast.Module, parents: Mapping[ast.AST, ast.AST], aliases: EnvironAliases
) -> Iterator[int]:
    """Return the line of each. ``parents``: node -> the node above it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and aliases.is_environ(node):
            above = parents.get(node)
            is_copied = isinstance(above, ast.expr) and aliases.is_environ(above)  # the copy is asked itself
            if not is_copied and not _is_followed(node, above, tree):
                yield node.lineno


def _is_followed(node: ast.expr, above: ast.AST | None, tree: ast.Module) -> bool:
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return True
    match above:
        case ast.Attribute(attr=attribute):
            return attribute in READERS | WRITERS | {"copy"}
        case ast.Subscript(value=owner) | ast.Compare(comparators=[owner]):
            return owner is node
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=value)
            | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            # An alias, followed by name; from a copy something must be read.
            return value is node and (isinstance(node, ast.Name | ast.Attribute) or _is_read(name, tree))
        case _:
            return False


def _is_read(name: str, tree: ast.Module) -> bool:
    """Whether a key of what has this name is read in the module."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner)) | ast.Subscript(value=ast.Name(id=owner)) if (
                owner == name
            ):
                return True
    return False
