"""Variables that a class of pydantic-settings reads: one for each of its fields."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from .getenv_wrappers import Access

BASE: Final = "BaseSettings"
_MODULES: Final = frozenset({"pydantic_settings", "pydantic"})


def field_reads(tree: ast.Module) -> Iterator[Access]:
    """Return the reads of all such classes in a module, those derived from one in the same module included."""
    bases = _names_of_base(tree)
    if not bases:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in bases for base in node.bases):
            bases.add(node.name)
            yield from _fields(node, _options(node))


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


def _options(node: ast.ClassDef) -> dict[str, object]:
    """Return the literals of ``model_config`` or of the inner class ``Config``."""
    options: dict[str, object] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Call(keywords=keywords)):
                options |= {
                    key.arg: key.value.value
                    for key in keywords
                    if key.arg and isinstance(key.value, ast.Constant)
                }
            case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Dict(keys=keys, values=values)):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                        options[str(key.value)] = value.value
            case ast.ClassDef(name="Config", body=body):
                for line in body:
                    match line:
                        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=literal)):
                            options[name] = literal
    return options


def _fields(node: ast.ClassDef, options: Mapping[str, object]) -> Iterator[Access]:
    prefix = str(options.get("env_prefix", ""))
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value) if not (
                name.startswith("_") or name == "model_config" or "ClassVar" in ast.unparse(annotation)
            ):
                names, default = _names_and_default(value)
                own = f"{prefix}{name}"
                for variable in names or [own if options.get("case_sensitive") else own.upper()]:
                    place = ast.copy_location(ast.Constant(value=variable), statement)
                    yield Access(place, place, default)


def _names_and_default(value: ast.expr | None) -> tuple[list[str], ast.expr | None]:
    """Return the names that ``Field`` gives, and the default."""
    match value:
        case ast.Call(func=function, args=arguments, keywords=keywords) if ast.unparse(function).endswith(
            "Field"
        ):
            given = {keyword.arg: keyword.value for keyword in keywords}
            default = arguments[0] if arguments else given.get("default")
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
