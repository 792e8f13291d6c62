"""Reads through libraries: django-environ, environs, python-decouple, dj-database-url and its like.

See ``pydantic_settings`` for that one.

What is followed is what their documentation shows: an ``Env`` that is called, or whose methods are; ``config(...)``.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from .environ_aliases import assignments
from .getenv_wrappers import Access
from .model import FILE

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
    defaults: Mapping[str, ast.expr] = field(default_factory=dict)
    """Variable -> the default that the object was made with."""
    files: bool = False
    """Whether ``NAME_FILE`` may name a file with the value of ``NAME`` (``FileAwareEnv``)."""
    prefix: str = ""
    """Text before the name of each variable."""


@dataclass(frozen=True)
class Reader:
    """A function that reads a variable: its first argument, which has this keyword, or the one that is implied."""

    name: str
    implicit: str | None = None


@dataclass(frozen=True)
class Maker:
    """A class whose objects read variables."""

    makes: Env | Reader


Known = Env | Reader | Maker
_DECOUPLE: Final = Reader("option")
EXPORTS: Final[Mapping[str, Mapping[str, Known]]] = {
    "environ": {"Env": Maker(Env("environ")), FILE_AWARE: Maker(Env("environ", files=True))},
    "environs": {
        "Env": Maker(Env("environs")),
        FILE_AWARE: Maker(Env("environs", files=True)),
        "env": Env("environs"),
    },
    "decouple": {"config": _DECOUPLE, "Config": Maker(_DECOUPLE), "AutoConfig": Maker(_DECOUPLE)},
    "dj_database_url": {"config": Reader("env", "DATABASE_URL")},
    "dj_email_url": {"config": Reader("env", "EMAIL_URL")},
    "django_cache_url": {"config": Reader("env", "CACHE_URL")},
}
"""Library -> what can be imported from it."""


@dataclass
class Libraries:
    """What one module knows of these libraries, by the names that it uses."""

    parents: Mapping[ast.AST, ast.AST]
    names: dict[str, Known] = field(default_factory=dict)

    def find(self, tree: ast.Module) -> None:
        """Collect the imports of the libraries, and the objects that are made."""
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=aliases):
                    for alias in aliases:
                        for name, what in EXPORTS.get(alias.name, {}).items():
                            self.names[f"{alias.asname or alias.name}.{name}"] = what
                case ast.ImportFrom(module=str(module), names=aliases, level=0):
                    for alias in aliases:
                        if exported := EXPORTS.get(module, {}).get(alias.name):
                            self.names[alias.asname or alias.name] = exported
        self._subclasses(tree)
        for name, value in assignments(tree):
            if made := self._known(value):
                self.names[name] = made
        self._prefix(tree)

    def _subclasses(self, tree: ast.Module) -> None:
        """Follow ``class AppEnv(environ.Env)``."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    if isinstance(made := self._known(base), Maker):
                        self.names[node.name] = made

    def _prefix(self, tree: ast.Module) -> None:
        """Follow ``env.prefix = "SHOP_"`` of django-environ."""
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Attribute(value=owner, attr="prefix")], value=ast.Constant(value=str(prefix))
                ) if isinstance(env := self._known(owner), Env):
                    self.names[ast.unparse(owner)] = replace(env, prefix=prefix)

    def _known(self, node: ast.expr) -> Known | None:
        """Return what an expression is: a name, an object that is made in place, or ``partial`` of one of these."""
        match node:
            case ast.Name() | ast.Attribute():
                return self.names.get(ast.unparse(node))
            case ast.Call(func=ast.Name(id="partial") | ast.Attribute(attr="partial"), args=[first, *_]):
                return self._known(first)
            case ast.Call(func=function) if isinstance(maker := self._known(function), Maker):
                return _made(maker.makes, node.keywords)
            case _:
                return None

    def accesses(self, call: ast.Call) -> list[Access]:
        """Return the reads that a call makes: of the variable, and of the one that names a file with its value."""
        method = ""
        what = self._known(call.func)
        match call.func:
            case ast.Attribute(value=owner, attr=attribute) if what is None:
                method, what = attribute, self._known(owner)
        match what:
            case Reader() if method in {"", "get"}:
                return [_read(call, what.name, 1, what.implicit)]
            case Env() if method not in _NO_READERS:
                return self._of_env(call, what, method)
            case _:
                return []

    def _of_env(self, call: ast.Call, env: Env, method: str) -> list[Access]:
        if env.library == "environs":
            access = _read(call, "name", 1)
        else:
            position = 2 if method in _CAST_SECOND else 1
            access = _read(call, "var", position, _IMPLICIT.get(method))
        prefix = env.prefix + "".join(self._prefixes(call))
        match access.name:
            case ast.Constant(value=str(text)):
                name = f"{prefix}{text}"
                default = access.default or env.defaults.get(name)
                accesses = [Access(call, ast.Constant(value=name), default)]
                if env.files:
                    accesses.append(Access(call, ast.Constant(value=f"{name}{FILE}"), None))
                return accesses
            case _:
                return [access]

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
                    ) if isinstance(self._known(owner), Env):
                        yield prefix


def _made(what: Env | Reader, keywords: Sequence[ast.keyword]) -> Env | Reader:
    """Return an object with what its constructor is given: defaults in django-environ, a prefix in environs."""
    given = {keyword.arg: keyword.value for keyword in keywords if keyword.arg}
    for keyword in keywords:
        match keyword:
            case ast.keyword(arg=None, value=ast.Dict(keys=keys, values=values)):
                given |= {
                    ast.literal_eval(key): value for key, value in zip(keys, values, strict=True) if key
                }
    match what, given.get("prefix"):
        case Env(library="environs"), ast.Constant(value=str(prefix)):
            return replace(what, prefix=prefix)
        case Env(library="environ"), _:
            pairs = {name: value.elts for name, value in given.items() if isinstance(value, ast.Tuple)}
            return replace(what, defaults={name: pair[-1] for name, pair in pairs.items()})
        case _:
            return what


def _read(call: ast.Call, name: str, position: int, implicit: str | None = None) -> Access:
    """Return the read of a call whose first argument is the name, and whose default has this position."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    named = call.args[0] if call.args else keywords.get(name)
    if named is None and implicit:
        named = ast.Constant(value=implicit)
    given = call.args[position] if len(call.args) > position else keywords.get("default")
    return Access(call, named, given)
