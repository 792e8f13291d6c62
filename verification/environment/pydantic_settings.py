"""Variables that a class of pydantic-settings reads: one for each of its fields."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from .getenv_wrappers import Access

BASE: Final = "BaseSettings"
_MODULES: Final = frozenset({"pydantic_settings", "pydantic"})
Constants = Mapping[str, ast.expr]


@dataclass(frozen=True)
class SettingsClass:
    """One such class."""

    options: Mapping[str, object] = field(default_factory=dict)
    """Its configuration: ``env_prefix``, ``case_sensitive``; what it inherits included."""
    fields: tuple[ast.AnnAssign, ...] = ()
    """Its own, and those that it inherits from classes of the same module."""


def settings_classes(
    tree: ast.Module, imported: Mapping[str, SettingsClass], constants: Constants
) -> dict[str, SettingsClass]:
    """Return the classes that a module knows: ``BaseSettings`` and those derived from it.

    ``imported``: the classes of other modules of the project, by the names that this one gives them.
    """
    classes = dict.fromkeys(_names_of_base(tree), SettingsClass())
    classes |= {name: replace(each, fields=()) for name, each in imported.items()}
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name, bases=bases):
                for base in [ast.unparse(base) for base in bases]:
                    if base in classes:
                        options = {**classes[base].options, **_options(node, constants)}
                        classes[name] = SettingsClass(options, (*classes[base].fields, *_own_fields(node)))
                        break
    return classes


def field_reads(tree: ast.Module, classes: Mapping[str, SettingsClass]) -> Iterator[Access]:
    """Return the reads of the settings classes that a module defines; not of one that is only a base of others."""
    nodes = list(ast.walk(tree))
    bases = {ast.unparse(base) for node in nodes if isinstance(node, ast.ClassDef) for base in node.bases}
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if (
            isinstance(node, ast.ClassDef)
            and node.name in classes
            and (node.name not in bases or node.name in called)
        ):
            for each in classes[node.name].fields:
                yield from _reads(each, classes[node.name].options)


def _own_fields(node: ast.ClassDef) -> Iterator[ast.AnnAssign]:
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if not (
                name.startswith("_") or name == "model_config" or "ClassVar" in ast.unparse(annotation)
            ):
                yield statement


def _names_of_base(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=aliases) if module in _MODULES:
                names |= {alias.asname or alias.name for alias in aliases if alias.name == BASE}
            case ast.Import(names=aliases):
                names |= {
                    f"{alias.asname or alias.name}.{BASE}" for alias in aliases if alias.name in _MODULES
                }
    return names


def _options(node: ast.ClassDef, constants: Constants) -> dict[str, object]:
    """Return what the class itself sets: keywords of the class, ``model_config``, the inner class ``Config``."""
    given: dict[str | None, ast.expr] = {keyword.arg: keyword.value for keyword in node.keywords}
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="model_config")], value=value)
                | ast.AnnAssign(target=ast.Name(id="model_config"), value=value)
            ):
                given |= _keywords(value)
            case ast.ClassDef(name="Config", body=body):
                for line in body:
                    match line:
                        case ast.Assign(targets=[ast.Name(id=name)], value=value):
                            given[name] = value
    return {
        name: literal.value
        for name, value in given.items()
        if name and isinstance(literal := _constant(value, constants), ast.Constant)
    }


def _constant(value: ast.expr, constants: Constants) -> ast.expr:
    return constants.get(value.id, value) if isinstance(value, ast.Name) else value


def _keywords(value: ast.expr | None) -> dict[str | None, ast.expr]:
    match value:
        case ast.Call(keywords=keywords):
            return {keyword.arg: keyword.value for keyword in keywords}
        case ast.Dict(keys=keys, values=values):
            return {str(getattr(key, "value", "")): each for key, each in zip(keys, values, strict=True)}
        case _:
            return {}


def _reads(statement: ast.AnnAssign, options: Mapping[str, object]) -> Iterator[Access]:
    annotated = _field(statement.annotation)
    names, default = _names_and_default(annotated or statement.value)
    if annotated is not None and statement.value is not None:
        default = _without_ellipsis(statement.value)
    own = f"{options.get('env_prefix', '')}{ast.unparse(statement.target)}"
    for variable in names or [own if options.get("case_sensitive") else own.upper()]:
        place = ast.copy_location(ast.Constant(value=variable), statement)
        yield Access(place, place, default)


def _field(annotation: ast.expr) -> ast.expr | None:
    """Return ``Field(...)`` of ``Annotated[type, Field(...)]``."""
    return next(
        (node for node in ast.walk(annotation) if isinstance(node, ast.Call) and _is_field(node)), None
    )


def _is_field(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Field"


def _names_and_default(value: ast.expr | None) -> tuple[list[str], ast.expr | None]:
    """Return the names that ``Field`` gives, and the default."""
    match value:
        case ast.Call(args=arguments, keywords=keywords) if _is_field(value):
            given = {keyword.arg: keyword.value for keyword in keywords}
            default = arguments[0] if arguments else given.get("default", given.get("default_factory"))
            alias = given.get("validation_alias") or given.get("alias") or given.get("env")
            names = [
                str(node.value)
                for node in ast.walk(alias or ast.Constant(value=None))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            return names, _without_ellipsis(default)
        case _:
            return [], _without_ellipsis(value)


def _without_ellipsis(default: ast.expr | None) -> ast.expr | None:
    match default:
        case ast.Constant(value=value) if value is ...:
            return None
        case _:
            return default
