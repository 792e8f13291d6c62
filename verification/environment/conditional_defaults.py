"""Defaults that stand beside a read: ``X if X else d``, if and else, except KeyError, a later ``if not X``."""

import ast
from collections.abc import Iterator, Mapping, Sequence


def default_beside(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """Return the expression that takes the place of an unset variable; None: there is none.

    ``node`` reads the variable and has no default of its own; ``parents``: node -> the node above it.
    """
    child: ast.AST = node
    above = parents.get(node)
    while above is not None:
        match above:
            case ast.BoolOp(op=ast.Or(), values=values) if values[-1] is not child:
                return values[-1]
            case ast.IfExp(body=body, orelse=orelse) if child in {body, orelse}:
                return orelse if child is body else body
            case ast.Assign(targets=[ast.Name(id=name)]):
                return _in_another_branch(above, name, parents)
            case ast.BoolOp() | ast.IfExp() | ast.Call() | ast.Attribute():
                pass  # a conversion, such as int(...) or .lower()
            case _:
                return None
        child, above = above, parents.get(above)
    return None


def _in_another_branch(statement: ast.stmt, name: str, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """Return what the same name is assigned where the statement is not reached, or when it gave nothing."""
    match parents.get(statement):
        case ast.Try(body=body, handlers=handlers) if statement in body:
            for handler in handlers:
                if handler.type is None or "KeyError" in ast.unparse(handler.type):
                    return next(_assigned(handler.body, name), None)
        case ast.If(body=body, orelse=orelse):
            return next(_assigned(orelse if statement in body else body, name), None)
        case ast.Module(body=body) | ast.FunctionDef(body=body):
            following = body[body.index(statement) + 1 :] if statement in body else []
            for later in following:
                match later:
                    case ast.If(test=test, body=inner) if _is_empty(test, name):
                        return next(_assigned(inner, name), None)
    return None


def _assigned(statements: Sequence[ast.stmt], name: str) -> Iterator[ast.expr]:
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value


def _is_empty(test: ast.expr, name: str) -> bool:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)):
            return tested == name
        case ast.Compare(
            left=ast.Name(id=tested), ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]
        ):
            return tested == name
        case _:
            return False
