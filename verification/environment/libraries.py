"""Reads through libraries: django-environ, environs, python-decouple, dj-database-url; see also ``pydantic_settings``.

What is followed is what their documentation shows: an ``Env`` that is called, or whose methods are; ``config(...)``.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from .getenv_wrappers import Access
from .model import FILE

ENVIRON: Final = frozenset({"environ", "environs"})
_CLASSES: Final = frozenset({"Env", "FileAwareEnv", "EnvValidator"})
FILE_AWARE: Final = "FileAwareEnv"
_NO_READERS: Final = frozenset(
    {"read_env", "prefixed", "seal", "dump", "parser_for", "add_parser", "add_parser_from_field"}
)
"""Methods of an ``Env`` that read no variable, or not one by its name."""
_IMPLICIT: Final[Mapping[str, str]] = {
    "db": "DATABASE_URL",
    "db_url": "DATABASE_URL",
    "cache": "CACHE_URL",
    "cache_url": "CACHE_URL",
    "email": "EMAIL_URL",
    "email_url": "EMAIL_URL",
    "search_url": "SEARCH_URL",
    "channels": "CHANNELS_URL",
    "channels_url": "CHANNELS_URL",
}
"""Method of django-environ -> the variable that it reads if none is named."""
_CAST_SECOND: Final = frozenset({"", "list", "tuple", "dict", "get_value"})
"""Forms of django-environ whose second argument is the type; the third is the default."""


@dataclass(frozen=True)
class Env:
    """One object of ``Env``."""

    library: str
    defaults: Mapping[str, ast.expr]
    """Variable -> the default that the object was made with."""
    files: bool = False
    """Whether ``NAME_FILE`` may name a file with the value of ``NAME`` (``FileAwareEnv``)."""


@dataclass
class Libraries:
    """What one module knows of these libraries, by the names that it uses."""

    parents: Mapping[ast.AST, ast.AST]
    envs: dict[str, Env] = field(default_factory=dict)
    configs: set[str] = field(default_factory=set)
    """Functions of python-decouple, and objects of its classes."""
    urls: set[str] = field(default_factory=set)
    """Functions ``config`` of dj-database-url."""
    _classes: dict[str, str] = field(default_factory=dict)
    _repositories: set[str] = field(default_factory=set)

    def find(self, tree: ast.Module) -> None:
        """Collect the imports, and the objects that are made at the top level."""
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=aliases):
                    for alias in aliases:
                        self._import_module(alias.name, alias.asname or alias.name)
                case ast.ImportFrom(module=str(module), names=aliases, level=0):
                    for alias in aliases:
                        self._import_name(module, alias.name, alias.asname or alias.name)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    self._assign(name, call)

    def _import_module(self, module: str, bound: str) -> None:
        if module in ENVIRON:
            self._classes |= {f"{bound}.{each}": module for each in _CLASSES}
        elif module == "decouple":
            self.configs.add(f"{bound}.config")
            self._repositories |= {f"{bound}.Config", f"{bound}.AutoConfig"}
        elif module == "dj_database_url":
            self.urls.add(f"{bound}.config")

    def _import_name(self, module: str, name: str, bound: str) -> None:
        if module in ENVIRON and name in _CLASSES:
            self._classes[bound] = module
        elif module == "environs" and name == "env":
            self.envs[bound] = Env(module, {})
        elif module == "decouple" and name == "config":
            self.configs.add(bound)
        elif module == "decouple" and name in {"Config", "AutoConfig"}:
            self._repositories.add(bound)
        elif module == "dj_database_url" and name == "config":
            self.urls.add(bound)

    def _assign(self, name: str, call: ast.Call) -> None:
        function = ast.unparse(call.func)
        if function in self._classes:
            schemes = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            defaults = {
                variable: value.elts[1]
                for variable, value in schemes.items()
                if isinstance(value, ast.Tuple) and len(value.elts) == 2  # noqa: PLR2004 - type and default
            }
            self.envs[name] = Env(self._classes[function], defaults, function.endswith(FILE_AWARE))
        elif function in self._repositories:
            self.configs.add(name)

    def accesses(self, call: ast.Call) -> list[Access]:
        """Return the reads that a call makes: of the variable, and of the one that names a file with its value."""
        access = self._access(call)
        if access is None:
            return []
        function = ast.unparse(call.func)
        env = self.envs.get(function) or self.envs.get(function.rpartition(".")[0])
        match access.name:
            case ast.Constant(value=str(name)) if env is not None and env.files:
                return [access, Access(call, ast.Constant(value=f"{name}{FILE}"), None)]
            case _:
                return [access]

    def _access(self, call: ast.Call) -> Access | None:
        """Return the read that a call makes; None: it makes none through these libraries."""
        function = ast.unparse(call.func)
        if function in self.configs:
            return _read(call, "option", "default", 1)
        if function in self.urls:
            return _read(call, "env", "default", 1, "DATABASE_URL")
        owner, _, method = function.rpartition(".")
        if function in self.envs:
            return self._of_env(call, self.envs[function], "")
        if owner in self.envs and method not in _NO_READERS:
            return self._of_env(call, self.envs[owner], method)
        return None

    def _of_env(self, call: ast.Call, env: Env, method: str) -> Access:
        if env.library == "environs":
            access = _read(call, "name", "default", 1)
            return Access(call, _prefixed(access.name, "".join(self._prefixes(call))), access.default)
        position = 2 if method in _CAST_SECOND else 1
        access = _read(call, "var", "default", position, _IMPLICIT.get(method))
        match access.name:
            case ast.Constant(value=str(name)) if access.default is None and name in env.defaults:
                return Access(call, access.name, env.defaults[name])
        return access

    def _prefixes(self, node: ast.AST) -> Iterator[str]:
        """Return the prefixes of the ``with env.prefixed(...)`` blocks around a read, the outermost first."""
        above = self.parents.get(node)
        if above is None:
            return
        yield from self._prefixes(above)
        if isinstance(above, ast.With):
            for item in above.items:
                match item.context_expr:
                    case ast.Call(
                        func=ast.Attribute(value=owner, attr="prefixed"),
                        args=[ast.Constant(value=str(prefix))],
                    ) if ast.unparse(owner) in self.envs:
                        yield prefix


def _read(call: ast.Call, name: str, default: str, position: int, implicit: str | None = None) -> Access:
    """Return the read of a call whose first argument is the name, and whose default has this position."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    named = call.args[0] if call.args else keywords.get(name)
    if named is None and implicit:
        named = ast.Constant(value=implicit)
    given = call.args[position] if len(call.args) > position else keywords.get(default)
    return Access(call, named, given)


def _prefixed(name: ast.expr | None, prefix: str) -> ast.expr | None:
    match name:
        case ast.Constant(value=str(text)):
            return ast.Constant(value=prefix + text)
        case _:
            return name
