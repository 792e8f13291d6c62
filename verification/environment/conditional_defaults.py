"""Defaults that stand beside a read: ``X if X else d``, if and else, except KeyError, a later ``if not X``."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .environ_aliases import assignments


@dataclass(frozen=True)
class Beside:
    """What takes the place of a variable."""

    value: ast.expr
    unset: bool = True
    """Whether it does so because the variable is unset; False: a condition of another kind decides."""


def default_beside(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Beside | None:
    """Return what takes the place of a variable; None: nothing does.

    ``node`` reads the variable and has no default of its own; ``parents``: node -> the node above it.
    """
    child: ast.AST = node
    above = parents.get(node)
    while above is not None:
        match above:
            case ast.BoolOp(op=ast.Or(), values=values) if values[-1] is not child:
                return Beside(values[-1])
            case ast.IfExp(test=test, body=body, orelse=orelse) if child in {body, orelse}:
                return Beside(orelse if child is body else body, _asks(test, node, parents))
            case ast.Assign(targets=[ast.Name(id=name)]):
                value = _in_another_branch(above, name, parents)
                match parents.get(above):
                    case ast.If(test=test) if value:
                        return Beside(value, _asks(test, node, parents))
                return Beside(value) if value else None
            case ast.BoolOp() | ast.IfExp() | ast.Call() | ast.Attribute():
                pass  # a conversion, such as int(...) or .lower()
            case _:
                return None
        child, above = above, parents.get(above)
    return None


def _asks(test: ast.expr, node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether a condition is about the variable that ``node`` reads: it names it, or a name assigned from it."""
    match node:
        case ast.Call(args=[name, *_]) | ast.Subscript(slice=name) | ast.Compare(left=name):
            wanted = ast.dump(name)
        case _:
            return True
    tree: ast.AST = node
    while tree in parents:
        tree = parents[tree]
    values = dict(assignments(tree)) if isinstance(tree, ast.Module) else {}
    asked = [test, *(values[name] for name in _names(test) if name in values)]
    return any(ast.dump(part) == wanted for each in asked for part in ast.walk(each))


def _in_another_branch(statement: ast.stmt, name: str, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """Return what the same name is assigned where the statement is not reached, or when it gave nothing."""
    match parents.get(statement):
        case ast.Try(body=body, handlers=handlers) if statement in body:
            for handler in handlers:
                if handler.type is None or "KeyError" in ast.unparse(handler.type):
                    return next(_assigned(handler.body, name), None)
        case ast.If(body=body, orelse=orelse) as above:
            return next(_assigned(orelse if statement in body else body, name), None) or _before(
                above, name, parents
            )
        case ast.Module(body=body) | ast.FunctionDef(body=body) if statement in body:
            for later in body[body.index(statement) + 1 :]:
                match later:
                    case ast.If(test=test, body=inner) if _is_empty(test, name):
                        return next(_assigned(inner, name), None)
                if found := next(_in_place_of(later, name), None):
                    return found
    return None


def _before(statement: ast.If, name: str, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """Return what a name holds already when an ``if`` without ``else`` assigns it again."""
    body = getattr(parents.get(statement), "body", [])
    return next(_assigned(body[: body.index(statement)], name), None) if statement in body else None


def _in_place_of(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Return what stands for an empty name: ``name or d``, ``name if name else d``, ``d if name is None else name``."""
    for node in ast.walk(statement):
        match node:
            case ast.BoolOp(op=ast.Or(), values=[ast.Name(id=first), *others]) if first == name:
                yield others[-1]
            case ast.IfExp(test=test, body=body, orelse=orelse) if _names(test) == {name}:
                if name in _names(body) and name not in _names(orelse):
                    yield orelse
                elif name in _names(orelse) and name not in _names(body):
                    yield body


def _names(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


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
