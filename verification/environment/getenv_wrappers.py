"""Functions of the project that read the variable named by one of their parameters."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .composed_names import Composed, composed
from .conditional_defaults import Beside, default_beside

_DEFAULT_NAMES: Final = ("default", "fallback")
"""Parameters that are taken for the default if the body of the function does not show one."""


@dataclass(frozen=True)
class Access:
    """One place where a variable is read: the whole expression, its name, its default."""

    node: ast.expr
    name: ast.expr | None
    default: ast.expr | None


@dataclass(frozen=True)
class GetenvWrapper:
    """One such function, and what its parameters mean."""

    node: ast.AST
    parameters: tuple[str, ...]
    """In the order of positional arguments."""
    defaults: Mapping[str, ast.expr]
    name: str
    """The parameter that takes the variable's name."""
    default: str | None
    """The parameter that takes the default."""
    fixed: ast.expr | None
    """The default in the body of the function."""
    forms: tuple[Composed, ...] = ()
    """Other variables that it reads, whose names have that of the variable in them: ``NAME_FILE``."""

    def accesses(self, call: ast.Call) -> Iterator[Access]:
        """Return the accesses that a call of this function makes."""
        access = self._access(call)
        if not self.forms or any(not form.before and not form.after for form in self.forms):
            yield access
        for form in self.forms:
            if form.before or form.after:
                yield Access(access.node, form.around(access.name), None)

    def _access(self, call: ast.Call) -> Access:
        given = dict(zip(self.parameters, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        default = self.fixed
        if self.default is not None:
            default = given.get(self.default, self.defaults.get(self.default, self.fixed))
        name = given.get(self.name, self.defaults.get(self.name))
        return Access(call, None if isinstance(name, ast.Starred) else name, default)


def wrappers_in(
    tree: ast.Module, accesses: Callable[[ast.AST], Iterable[Access]], parents: Mapping[ast.AST, ast.AST]
) -> dict[str, GetenvWrapper]:
    """Return the functions below ``tree`` that read the variable named by a parameter: name -> wrapper.

    ``parents``: node -> the node above it. A method stands under ``Class.method``.
    """
    wrappers: dict[str, GetenvWrapper] = {}
    for name, node in _functions(tree):
        parameters, defaults = _signature(node.args)
        if "." in name and parameters[:1] in {("self",), ("cls",)}:
            parameters = parameters[1:]
        found = [(access, _form(access.name)) for access in accesses(node)]
        forms = [(access, form) for access, form in found if getattr(form.inner, "id", None) in parameters]
        if not forms:
            continue
        # The variable itself says most of its default; without it the first of the others does.
        plain = [(access, form) for access, form in forms if not form.before and not form.after]
        parameter = ast.unparse((plain or forms)[0][1].inner)
        default = next(
            filter(None, (_default_in(access, parameters, parents) for access, _ in plain or forms)), None
        )
        carrier, fixed = _default_of(default, parameters, parameter)
        if default is None:
            carrier = _given_back(node, parameters, parameter) or carrier
        others = {ast.unparse(each.inner) + each.before + each.after: each for _, each in forms}
        wrappers[name] = GetenvWrapper(
            node, parameters, defaults, parameter, carrier, fixed, tuple(others.values())
        )
    return wrappers


def _default_in(
    access: Access, parameters: tuple[str, ...], parents: Mapping[ast.AST, ast.AST]
) -> ast.expr | None:
    """Return the default of a read in a function: its own, or a literal or parameter that stands beside it."""
    if access.default is not None:
        return access.default
    match default_beside(access.node, parents):
        case Beside(ast.Name(id=name) as value, unset=True) if name in parameters:
            return value
        case Beside(ast.Constant() as value, unset=True):
            return value
        case _:
            return None


def _form(name: ast.expr | None) -> Composed:
    found = composed(name, {})
    return found if isinstance(found, Composed) else Composed(found or ast.Constant(value=None))


def _given_back(node: ast.AST, parameters: tuple[str, ...], name: str) -> str | None:
    """Return the parameter that the function gives back in place of the variable."""
    for statement in ast.walk(node):
        match statement:
            case ast.Return(value=ast.Name(id=parameter)) if parameter in parameters and parameter != name:
                return parameter
    return None


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.Lambda]]:
    methods: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=owner, body=body):
                for inner in body:
                    if isinstance(inner, ast.FunctionDef):
                        methods.add(inner)
                        yield f"{owner}.{inner.name}", inner
            case ast.FunctionDef(name=name) if node not in methods:
                yield name, node
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                yield name, function


def _signature(arguments: ast.arguments) -> tuple[tuple[str, ...], dict[str, ast.expr]]:
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    keyword_only = [argument.arg for argument in arguments.kwonlyargs]
    defaults: dict[str, ast.expr] = {}
    if arguments.defaults:
        defaults |= dict(zip(positional[-len(arguments.defaults) :], arguments.defaults, strict=True))
    defaults |= {
        name: value
        for name, value in zip(keyword_only, arguments.kw_defaults, strict=True)
        if value is not None
    }
    return (*positional, *keyword_only), defaults


def _default_of(
    default: ast.expr | None, parameters: tuple[str, ...], name: str
) -> tuple[str | None, ast.expr | None]:
    """Return the parameter with the default, and the default in the body of the function."""
    while isinstance(default, ast.Call) and len(default.args) == 1:
        default = default.args[0]  # str(default)
    if isinstance(default, ast.Name) and default.id in parameters:
        return default.id, None
    others = [parameter for parameter in parameters if parameter != name]
    named = [parameter for parameter in others if parameter in _DEFAULT_NAMES]
    return (named[0] if named else None), default
